type Props = { title: string; html: string; className?: string };

/** A mail's page, in a frame that may do nothing at all. */
export function MailFrame({ title, html, className = "mail" }: Props) {
  return <iframe className={className} title={title} sandbox="" srcDoc={html} />;
}
