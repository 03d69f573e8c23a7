import { expect, it } from "vitest";
import {
  type BlockDocument,
  besides,
  blocksOf,
  documentOf,
  keyOf,
  kindOf,
  listsOf,
  withColumns,
  withInserted,
  withMoved,
  without,
} from "./document";

const DOCUMENT: BlockDocument = {
  sections: [
    {
      columns: [
        {
          blocks: [
            { heading: "One" },
            { if: "contact.plan", then: [{ text: "Two" }], else: [{ text: "Three" }] },
          ],
        },
        { blocks: [{ button: "Four", link: "x" }] },
      ],
    },
    { columns: [{ blocks: [] }] },
  ],
};
const FIRST = ["sections", 0, "columns", 0, "blocks"];

it("finds all blocks and lists in the order in which they are read", () => {
  expect(blocksOf(DOCUMENT).map(keyOf)).toEqual([
    "sections/0/columns/0/blocks/0",
    "sections/0/columns/0/blocks/1",
    "sections/0/columns/0/blocks/1/then/0",
    "sections/0/columns/0/blocks/1/else/0",
    "sections/0/columns/1/blocks/0",
  ]);
  expect(listsOf(DOCUMENT)).toHaveLength(5);
});

it("moves a block into a condition, and says where it is although what was before it is gone", () => {
  const moved = withMoved(DOCUMENT, [...FIRST, 0], [...FIRST, 1, "then"], 1);
  expect(moved && keyOf(moved.path)).toBe("sections/0/columns/0/blocks/0/then/1");
  expect(moved?.document.sections[0]?.columns[0]?.blocks).toEqual([
    { if: "contact.plan", then: [{ text: "Two" }, { heading: "One" }], else: [{ text: "Three" }] },
  ]);
});

it("moves no condition into itself", () => {
  expect(withMoved(DOCUMENT, [...FIRST, 1], [...FIRST, 1, "then"], 0)).toBeUndefined();
});

it("moves a block by one within its list, and beyond its end into the next list", () => {
  expect(besides(DOCUMENT, [...FIRST, 0], 1)).toEqual({ list: FIRST, place: 2 });
  const next = besides(DOCUMENT, ["sections", 0, "columns", 1, "blocks", 0], 1);
  expect(next && keyOf(next.list)).toBe("sections/1/columns/0/blocks");
  expect(besides(DOCUMENT, [...FIRST, 0], -1)).toBeUndefined();
});

it("keeps the blocks of columns that are taken away", () => {
  const section = DOCUMENT.sections[0];
  expect(section && withColumns(section, 1).columns[0]?.blocks).toHaveLength(3);
  expect(section && withColumns(section, 3).columns).toHaveLength(3);
});

it("leaves the document itself as it is", () => {
  const before = JSON.stringify(DOCUMENT);
  withInserted(DOCUMENT, FIRST, 0, { divider: true });
  without(DOCUMENT, [...FIRST, 0]);
  expect(JSON.stringify(DOCUMENT)).toBe(before);
  expect(documentOf({ sections: [{ columns: [{}] }, 3] })).toEqual({
    sections: [{ columns: [{ blocks: [] }] }],
  });
  expect(kindOf({ if: "x", then: [] })).toBe("if");
});
