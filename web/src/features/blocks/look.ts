/** How the page looks, as far as the canvas shows it. */
import type { CSSProperties } from "react";
import { type Block, kindOf } from "./document";
import { USUAL } from "./fields";

/** How large the canvas shows letters if the document says nothing. */
const FONT_SIZE = 16;

export function lookOf(style: Record<string, unknown> | undefined): CSSProperties {
  const value = (key: string) => (typeof style?.[key] === "string" ? style[key] : USUAL[key]);
  return {
    "--page-background": value("background"),
    "--page-surface": value("surface"),
    "--page-text": value("text"),
    "--page-accent": value("accent"),
    "--page-on-accent": value("on_accent"),
    "--page-font-size": `${Number(style?.font_size) || FONT_SIZE}px`,
    ...(typeof style?.font === "string" ? { "--page-font": style.font } : {}),
  } as CSSProperties;
}

/** How one block looks. */
export function lookOfBlock(block: Block): CSSProperties {
  const style = (typeof block.style === "object" && block.style !== null ? block.style : {}) as Record<
    string,
    unknown
  >;
  const text = (key: string) => (typeof style[key] === "string" ? style[key] : undefined);
  const pixels = (key: string) => (typeof style[key] === "number" ? `${style[key]}px` : undefined);
  const isButton = kindOf(block) === "button";
  const given = {
    "--block-align": block.align,
    color: isButton ? undefined : text("color"),
    background: isButton ? undefined : text("background"),
    borderRadius: isButton ? undefined : pixels("radius"),
    fontSize: pixels("font_size"),
    padding: pixels("padding"),
    "--button-color": isButton ? text("color") : undefined,
    "--button-background": isButton ? text("background") : undefined,
    "--button-radius": isButton ? pixels("radius") : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, it]) => it !== undefined)) as CSSProperties;
}
