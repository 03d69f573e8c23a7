/** Going from step to step by keyboard, as the drawing lies: down, up, and to the ways beside. */
import { everyStep, type Path, type Step, samePath, type Way } from "./tree";

export type Direction = "up" | "down" | "left" | "right";

type Place = { step: Step; list: Step[]; at: number; parent: Step | undefined; way: Way | undefined };

function placesOf(list: Step[], parent?: Step, way?: Way): Place[] {
  return list.flatMap((step, at) => [
    { step, list, at, parent, way },
    ...step.ways.flatMap((inner) => placesOf(inner.steps, step, inner)),
  ]);
}

/** The step that lies in a direction from another one; an empty path is the trigger. */
export function neighbour(steps: Step[], from: Path, direction: Direction): Path | undefined {
  if (from.length === 0) return direction === "down" ? steps[0]?.path : undefined;
  const places = placesOf(steps);
  const place = places.find((it) => samePath(it.step.path, from));
  if (!place) return undefined;
  switch (direction) {
    case "up":
      return place.at > 0 ? place.list[place.at - 1]?.path : (place.parent?.path ?? []);
    case "down": {
      const inside = place.step.ways.find((way) => way.steps.length > 0)?.steps[0];
      if (inside) return inside.path;
      let here: Place | undefined = place;
      while (here) {
        const next: Step | undefined = here.list[here.at + 1];
        if (next) return next.path;
        const { parent }: Place = here;
        here = parent && places.find((it) => it.step === parent);
      }
      return undefined;
    }
    case "left":
    case "right": {
      const ways = place.parent?.ways.filter((way) => way.steps.length > 0) ?? [];
      const at = place.way ? ways.indexOf(place.way) : -1;
      if (at < 0) return undefined;
      const way = ways[at + (direction === "left" ? -1 : 1)];
      return way?.steps[Math.min(place.at, way.steps.length - 1)]?.path;
    }
  }
}

/** The steps that have a text in what they do, their id, or their kind's name; in the order of the file. */
export function found(steps: Step[], typed: string, nameOf: (kind: string) => string): Step[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [];
  return everyStep(steps).filter((step) =>
    [step.id ?? "", step.summary, nameOf(step.kind), step.kind, ...step.ways.map((way) => way.label)].some(
      (it) => it.toLowerCase().includes(wanted),
    ),
  );
}
