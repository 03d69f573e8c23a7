import { Icon, type IconName } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { conditionsText as words } from "../../text/conditions";
import { blank, type Condition, type Kind, kindOf, missingIn, ofRow, rowOf } from "./condition";
import { EventFields } from "./EventFields";
import type { Known } from "./known";
import { MessageFields } from "./MessageFields";
import { NameFields } from "./NameFields";
import { OtherFields } from "./OtherFields";
import { ShareFields } from "./ShareFields";
import { TimeFields } from "./TimeFields";
import { ValueFields } from "./ValueFields";

const ICONS: Record<Kind, IconName> = {
  trait: "person",
  account: "building",
  event: "bolt",
  message: "mail",
  segment: "segment",
  list: "list",
  tag: "tag",
  consent: "check",
  time: "clock",
  share: "dice",
  trigger: "input",
  run: "variable",
};

/** How the kinds are offered. */
const OFFERED: { label: string; kinds: Kind[]; isOfRun?: boolean }[] = [
  { label: words.kindGroups.are, kinds: ["trait", "account", "tag"] },
  { label: words.kindGroups.did, kinds: ["event", "message", "consent"] },
  { label: words.kindGroups.belong, kinds: ["segment", "list"] },
  { label: words.kindGroups.run, kinds: ["trigger", "run"], isOfRun: true },
  { label: words.kindGroups.other, kinds: ["time", "share"] },
];

/** The kinds whose form says itself whether it holds or not. */
const SAYS_IT_ITSELF = new Set<Kind>(["segment", "list", "tag"]);

type Props = {
  condition: Condition;
  known: Known;
  inWorkflow: boolean;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
  onDuplicate: () => void;
  onGroup: () => void;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
};

/** One question about a contact, in a line that reads like a sentence. */
export function ConditionRow(props: Props) {
  const { condition, known, inWorkflow, onChange } = props;
  const { isNegated, inner } = rowOf(condition);
  const kind = kindOf(inner);
  const change = (next: Condition) => onChange(ofRow({ isNegated, inner: next }));
  const turn = (isNegated: boolean) => onChange(ofRow({ isNegated, inner }));
  const missing = missingIn(inner);
  return (
    <div className="condition" data-kind={kind ?? "other"}>
      <div className="condition-line">
        <span className="condition-kind">
          <Icon name={kind ? ICONS[kind] : "text"} />
          <select
            aria-label={words.kind}
            value={kind ?? "other"}
            onChange={(event) => change(blank(event.target.value as Kind))}
          >
            {kind ? null : <option value="other">{words.kinds.other}</option>}
            {OFFERED.filter((it) => inWorkflow || !it.isOfRun).map(({ label, kinds }) => (
              <optgroup key={label} label={label}>
                {kinds.map((kind) => (
                  <option key={kind} value={kind}>
                    {words.kinds[kind]}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </span>
        {kind && SAYS_IT_ITSELF.has(kind) ? (
          <NameFields
            kind={kind as "segment" | "list" | "tag"}
            condition={inner}
            isNegated={isNegated}
            known={known}
            onChange={change}
            onTurn={turn}
          />
        ) : (
          <>
            {isNegated ? (
              <select
                className="input"
                aria-label={words.does}
                value="not"
                onChange={(event) => turn(event.target.value === "not")}
              >
                <option value="not">{words.doesNot}</option>
                <option value="does">{words.does}</option>
              </select>
            ) : null}
            <Fields kind={kind} condition={inner} known={known} onChange={change} />
          </>
        )}
      </div>
      <span className="condition-tools">
        {isNegated || (kind && SAYS_IT_ITSELF.has(kind)) ? null : (
          <IconButton icon="no" label={words.doesNot} onClick={() => turn(true)} />
        )}
        <IconButton icon="up" label={words.up} disabled={!props.onUp} onClick={props.onUp} />
        <IconButton icon="down" label={words.down} disabled={!props.onDown} onClick={props.onDown} />
        <IconButton icon="copy" label={words.duplicate} onClick={props.onDuplicate} />
        <IconButton icon="group" label={words.toGroup} onClick={props.onGroup} />
        <IconButton icon="close" label={words.remove} onClick={props.onRemove} />
      </span>
      {missing ? <p className="condition-missing small">{words.missing[missing]}</p> : null}
    </div>
  );
}

function Fields({
  kind,
  condition,
  known,
  onChange,
}: {
  kind: Kind | undefined;
  condition: Condition;
  known: Known;
  onChange: (condition: Condition) => void;
}) {
  switch (kind) {
    case "trait":
    case "account":
    case "trigger":
    case "run":
      return <ValueFields kind={kind} condition={condition} known={known} onChange={onChange} />;
    case "event":
      return <EventFields condition={condition} known={known} onChange={onChange} />;
    case "message":
      return <MessageFields condition={condition} known={known} onChange={onChange} />;
    case "consent":
      return (
        <NameFields
          kind="consent"
          condition={condition}
          isNegated={false}
          known={known}
          onChange={onChange}
        />
      );
    case "time":
      return <TimeFields condition={condition} onChange={onChange} />;
    case "share":
      return <ShareFields condition={condition} onChange={onChange} />;
    default:
      return <OtherFields condition={condition} onChange={onChange} />;
  }
}
