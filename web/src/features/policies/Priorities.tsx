import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { policiesText as words } from "../../text/policies";
import { PolicySection } from "./PolicySection";
import { moved, type Ranked, renumbered, withPriorities } from "./priorities";

type Props = { workflows: readonly Schemas["WorkflowSummary"][]; portfolio: Schemas["PortfolioView"] };

/** The workflows in the order of their priority: to drag, or to move by keyboard. */
export function Priorities({ workflows, portfolio }: Props) {
  const queries = useQueryClient();
  const published = workflows
    .filter((it) => it.status !== "removed" && it.status !== "archived")
    .map(({ name, title, priority }): Ranked => ({ name, title, priority }))
    .sort((one, other) => other.priority - one.priority || one.name.localeCompare(other.name));
  const [order, setOrder] = useState(published);
  const [dragged, drag] = useState<number | undefined>(undefined);
  const [said, say] = useState("");
  const ranked = renumbered(order);
  const isChanged = order.some((it, place) => it.name !== published[place]?.name);
  const saved = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/apply", {
          body: { files: withPriorities(portfolio.files, ranked), base: portfolio.revision },
        }),
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  const move = (from: number, to: number) => {
    setOrder(moved(order, from, to));
    const item = order[from];
    if (item) say(words.moved(item.title, to + 1, order.length));
  };
  return (
    <PolicySection title={words.sections.priorities} lead={words.leads.priorities}>
      <ol className="priorities">
        {ranked.map((it, place) => (
          <li
            key={it.name}
            className="priority"
            draggable
            data-dragged={dragged === place}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              drag(place);
            }}
            onDragEnd={() => drag(undefined)}
            onDragOver={(event) => {
              event.preventDefault();
              if (dragged !== undefined && dragged !== place) {
                move(dragged, place);
                drag(place);
              }
            }}
          >
            <span className="soft">
              <Icon name="drag" />
            </span>
            <span className="priority-place">{place + 1}</span>
            <span className="priority-title">{it.title}</span>
            <span className="soft small">{words.order(it.priority)}</span>
            <span className="priority-tools">
              <IconButton
                icon="up"
                label={words.up(it.title)}
                disabled={place === 0}
                onClick={() => move(place, place - 1)}
              />
              <IconButton
                icon="down"
                label={words.down(it.title)}
                disabled={place === ranked.length - 1}
                onClick={() => move(place, place + 1)}
              />
            </span>
          </li>
        ))}
      </ol>
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
      <Failure error={saved.error} />
      {isChanged ? (
        <div className="row">
          <Button look="main" size="small" disabled={saved.isPending} onClick={() => saved.mutate()}>
            {text.workflows.publishNow}
          </Button>
          <Button size="small" onClick={() => setOrder(published)}>
            {text.workflows.discard}
          </Button>
        </div>
      ) : null}
      {saved.data && !isChanged ? (
        <Notice look="good" title={text.workflows.published(saved.data.revision)} />
      ) : null}
    </PolicySection>
  );
}
