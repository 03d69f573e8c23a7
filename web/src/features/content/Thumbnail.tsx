import { useEffect, useRef, useState } from "react";
import { Icon } from "../../design/Icon";
import { contentText as words } from "../../text/content";
import { MailFrame } from "./MailFrame";
import { usePublishedPreview } from "./usePreview";

type Props = { name: string; revision: number };

/** How a template looks, small; asked for when it comes into view. */
export function Thumbnail({ name, revision }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((it) => it.isIntersecting)) setSeen(true);
      },
      { rootMargin: "200px" },
    );
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  const preview = usePublishedPreview(name, isSeen, revision);
  const { html, body, title } = preview.data?.content ?? {};
  return (
    <div className="thumbnail" ref={place} aria-hidden="true" inert>
      {typeof html === "string" ? (
        <MailFrame title={words.previewOf(name)} html={html} className="thumbnail-page" />
      ) : typeof body === "string" ? (
        <div className="bubble">
          {typeof title === "string" ? <strong>{title}</strong> : null}
          <p>{body}</p>
        </div>
      ) : (
        <span className="thumbnail-none">
          <Icon name="mail" />
        </span>
      )}
    </div>
  );
}
