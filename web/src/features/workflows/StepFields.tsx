import type { Schemas } from "../../api/client";
import { Field } from "../../design/Field";
import type { Path, Step, Tree } from "./canvas/tree";
import { namesOf } from "./portfolio";

type Props = {
  tree: Tree;
  step: Step;
  portfolio: Schemas["PortfolioView"];
  onValue: (path: Path, value: unknown) => void;
};

type Wanted = { label: string; path: Path; hint?: string; choices?: string[]; isNumber?: boolean };

/** The values of a step that are asked most often; everything else stands in its text. */
export function StepFields({ tree, step, portfolio, onValue }: Props) {
  return wanted(step, tree, portfolio).map(({ label, path, hint, choices, isNumber }) => {
    const value = tree.document.getIn(path);
    const shown = value === undefined || value === null || typeof value === "object" ? "" : String(value);
    const put = (typed: string) => {
      if (typed !== shown) onValue(path, typed === "" ? undefined : isNumber ? Number(typed) : typed);
    };
    const list = choices ? `choices-${label.replaceAll(" ", "-")}` : undefined;
    return (
      <Field key={path.join("/")} label={label} {...(hint ? { hint } : {})}>
        <input
          key={shown}
          type={isNumber ? "number" : "text"}
          list={list}
          defaultValue={shown}
          onBlur={(event) => put(event.target.value.trim())}
          onKeyDown={(event) => {
            if (event.key === "Enter") put(event.currentTarget.value.trim());
          }}
        />
        {list ? (
          <datalist id={list}>
            {choices?.map((choice) => (
              <option key={choice} value={choice} />
            ))}
          </datalist>
        ) : null}
      </Field>
    );
  });
}

const PERIOD = "Such as 20m, 3d, or 3 calendar days at 09:00.";

function wanted(step: Step, tree: Tree, portfolio: Schemas["PortfolioView"]): Wanted[] {
  const at = (label: string, ...rest: Path): Wanted => ({ label, path: [...step.path, ...rest] });
  const id: Wanted = { ...at("Id", "id"), hint: "Runs and reports hold on to it: renaming says `was`." };
  const workflows = namesOf(portfolio.files, "workflows");
  switch (step.kind) {
    case "send": {
      const send = tree.document.getIn([...step.path, "send"]) as
        | { toJSON?: () => Record<string, unknown> }
        | undefined;
      const options = ["category", "priority", "expires", "on_blocked"];
      const channel = Object.keys(send?.toJSON?.() ?? {}).find((key) => !options.includes(key)) ?? "email";
      return [
        id,
        { ...at(`Template (${channel})`, "send", channel), choices: namesOf(portfolio.files, "templates") },
        { ...at("Expires", "send", "expires"), hint: PERIOD },
        { ...at("Priority", "send", "priority"), isNumber: true },
      ];
    }
    case "wait":
      return typeof tree.document.getIn([...step.path, "wait"]) === "object"
        ? [id]
        : [id, { ...at("How long", "wait"), hint: PERIOD }];
    case "wait_for":
      return [id, { ...at("Goes on regardless after", "timeout"), hint: PERIOD }];
    case "task":
      return [
        id,
        at("Title", "task", "title"),
        at("For", "task", "for"),
        { ...at("Due", "task", "due"), hint: PERIOD },
      ];
    case "webhook":
      return [id, at("Address", "webhook", "url"), at("Method", "webhook", "method")];
    case "emit":
      return [at("Event", "emit", "event")];
    case "enter":
      return [{ ...at("Workflow", "enter", "workflow"), choices: workflows }];
    case "call":
      return [id, { ...at("Workflow", "call", "workflow"), choices: workflows }];
    case "exit_workflow":
      return [{ ...at("Workflow", "exit_workflow"), choices: workflows }];
    case "goto":
      return [at("Step", "goto")];
    case "note":
      return [at("Note", "note")];
    case "repeat":
      return [{ ...at("Times", "repeat", "times"), isNumber: true }];
    default:
      return [id];
  }
}
