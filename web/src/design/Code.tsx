/** A text as it is typed; it scrolls, so it can be reached by keyboard. */
export function Code({ children }: { children: string | undefined }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <pre className="code" tabIndex={0}>
      {children}
    </pre>
  );
}
