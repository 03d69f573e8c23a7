/** Fetches a file, tells how far it is, and hands it to the browser. */
import { Refusal, type Schemas } from "../../api/client";

export async function download(
  path: string,
  name: string,
  onBytes: (n: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const response = await fetch(path, { signal });
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => ({}))) as { error?: Partial<Schemas["ErrorDetail"]> };
    throw new Refusal(response.status, body.error ?? {});
  }
  const pieces: BlobPart[] = [];
  let n = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    n += value.length;
    onBytes(n);
  }
  save(new Blob(pieces), name);
  return n;
}

/** Gives a file to the browser, as if it was downloaded. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
