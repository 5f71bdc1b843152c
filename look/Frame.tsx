/** What every screen is made of: the card, its heading, its buttons. Knows looks only. */
import type { ComponentChildren } from "preact";

type Children = { children: ComponentChildren };

/** A screen's one heading. Takes the focus when its screen comes, so that a screen reader starts there. */
export const Heading = ({ children }: Children) => (
  <h1 tabIndex={-1} ref={takeFocus}>
    {children}
  </h1>
);

/** `kept`: in sight, however long what is above. */
export const Actions = ({ children, kept }: Children & { kept?: boolean }) => (
  <div class={`actions ${kept ? "kept" : ""}`}>{children}</div>
);

type ButtonProps = Children & {
  kind: "primary" | "danger" | "outlined" | "quiet" | "link";
  onPress: () => void;
  /** False: visible and focusable, but pressing it does nothing yet. */
  ready?: boolean;
  /** Has the focus when it comes. */
  first?: boolean;
};

export const Button = ({ kind, onPress, ready = true, first = false, children }: ButtonProps) => (
  // aria-disabled and not disabled: a button that loses the focus throws a keyboard user to the top.
  <button
    type="button"
    class={`button ${kind}`}
    ref={first ? takeFocus : null}
    aria-disabled={ready ? undefined : "true"}
    onClick={() => ready && onPress()}
  >
    {children}
  </button>
);

/** The broker's log line for this, for whoever is asked to help. */
export const Reference = ({ label, id }: { label: string; id: string | undefined }) =>
  id ? (
    <p class="reference">
      {label} <code>{id}</code>
    </p>
  ) : null;

/** Said politely by screen readers when it changes; the focus stays where it is. */
export const Status = ({ children }: { children?: ComponentChildren }) => (
  <p class="status" role="status">
    {children}
  </p>
);

// Not an inline function: preact calls a new one at every render, and the focus would jump back.
export const takeFocus = (element: HTMLElement | null): void => element?.focus();
