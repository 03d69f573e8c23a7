/** Files of the portfolio. */
import type { Schemas } from "../../api/client";

type File = Schemas["SourceFile"];

/** Where the file of a workflow lies, if it is a new one. */
export function pathOf(workflow: string): string {
  return `workflows/${workflow}.yaml`;
}

/** The file that describes a workflow: the one of its name, else whichever says that it does. */
export function fileOf(files: File[], workflow: string): File | undefined {
  const says = new RegExp(`^workflow:\\s*["']?${workflow}["']?\\s*(#.*)?$`, "m");
  return (
    files.find((file) => file.path === pathOf(workflow)) ??
    files.find((file) => file.path.startsWith("workflows/") && says.test(file.text))
  );
}

/** The portfolio with another text of one file. */
export function withFile(files: File[], path: string, text: string): File[] {
  return [...files.filter((file) => file.path !== path), { path, text }];
}

/** The names of the files of a kind: `templates/welcome.yaml` is `welcome`. */
export function namesOf(files: File[], folder: string): string[] {
  const names = files.flatMap((file) => {
    const match = file.path.startsWith(`${folder}/`) ? /([^/]+)\.yaml$/.exec(file.path) : null;
    return match?.[1] ? [match[1]] : [];
  });
  return names.sort();
}
