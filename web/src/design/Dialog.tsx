import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { text } from "../text/en";

type Props = { title: string; lead?: string; open: boolean; onClose: () => void; children: ReactNode };

/** A dialog above the page: it keeps the focus, and Escape closes it. */
export function Dialog({ title, lead, open, onClose, children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-back" />
        <Radix.Content className="dialog" {...(lead ? {} : { "aria-describedby": undefined })}>
          <div className="row apart">
            <Radix.Title asChild>
              <h2>{title}</h2>
            </Radix.Title>
            <Radix.Close className="button small">{text.close}</Radix.Close>
          </div>
          {lead ? <Radix.Description className="soft">{lead}</Radix.Description> : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
