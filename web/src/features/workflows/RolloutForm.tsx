import { Button } from "../../design/Button";
import { words } from "../../text/flow";
import type { Rollout } from "./rollout";

type Props = { rollout: Rollout; onChange: (rollout: Rollout) => void };

/** The stages of a rollout and what must hold meanwhile. */
export function RolloutForm({ rollout, onChange }: Props) {
  const { stages } = rollout;
  const gates: NonNullable<Rollout["gates"]> = rollout.gates ?? {};
  const put = (place: number, part: Partial<Rollout["stages"][number]>) =>
    onChange({
      ...rollout,
      stages: stages.map((stage, at) => (at === place ? { ...stage, ...part } : stage)),
    });
  const gate = (key: keyof typeof gates, typed: string) => {
    const { [key]: _, ...rest } = gates;
    onChange({ ...rollout, gates: typed === "" ? rest : { ...rest, [key]: Number(typed) } });
  };
  return (
    <div className="rollout">
      <ol className="stages">
        {stages.map((stage, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
          <li key={place} className="stage">
            <span
              className="stage-share"
              style={{ blockSize: `${Math.max(4, stage.percent)}%` }}
              aria-hidden="true"
            />
            <label>
              <input
                type="number"
                min={0}
                max={100}
                aria-label={words.publish.percent(place + 1)}
                value={stage.percent}
                onChange={(event) => put(place, { percent: Number(event.target.value) })}
              />{" "}
              %
            </label>
            <label>
              {words.publish.for}{" "}
              <input
                aria-label={words.publish.period(place + 1)}
                value={stage.for}
                onChange={(event) => put(place, { for: event.target.value })}
              />
            </label>
            {stages.length > 1 ? (
              <Button
                size="small"
                look="plain"
                aria-label={words.publish.removeStage(place + 1)}
                onClick={() => onChange({ ...rollout, stages: stages.filter((_, at) => at !== place) })}
              >
                ×
              </Button>
            ) : null}
          </li>
        ))}
        <li>
          <Button
            size="small"
            onClick={() => onChange({ ...rollout, stages: [...stages, { percent: 100, for: "1h" }] })}
          >
            {words.publish.addStage}
          </Button>
        </li>
      </ol>
      <fieldset className="gates">
        <legend>{words.publish.gates}</legend>
        <label>
          {words.publish.errorsMax}{" "}
          <input
            type="number"
            min={0}
            max={100}
            value={gates.errors_max_percent ?? ""}
            onChange={(event) => gate("errors_max_percent", event.target.value)}
          />{" "}
          %
        </label>
        <label>
          {words.publish.goalsMin}{" "}
          <input
            type="number"
            min={0}
            value={gates.goal_rate_min_percent_of_previous ?? ""}
            onChange={(event) => gate("goal_rate_min_percent_of_previous", event.target.value)}
          />{" "}
          {words.publish.ofPrevious}
        </label>
        <label>
          {words.publish.entriesMin}{" "}
          <input
            type="number"
            min={0}
            value={gates.entries_min ?? ""}
            onChange={(event) => gate("entries_min", event.target.value)}
          />
        </label>
        <label>
          {words.publish.onBroken}{" "}
          <select
            value={rollout.on_broken ?? "rollback"}
            onChange={(event) => onChange({ ...rollout, on_broken: event.target.value })}
          >
            <option value="rollback">{words.publish.rollback}</option>
            <option value="halt">{words.publish.halt}</option>
          </select>
        </label>
      </fieldset>
    </div>
  );
}
