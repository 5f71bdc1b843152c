/** React's way in: a hook and a button. Knows components and their life; must not know sessions or windows. */
import {
  createElement,
  forwardRef,
  useEffect,
  useRef,
  useState,
  type ButtonHTMLAttributes,
  type ForwardRefExoticComponent,
  type MouseEvent,
  type RefAttributes,
} from "react";
import { createWay, OPTIONS, type ConnectOptions, type Way } from "./way.ts";

export type { ConnectOptions };

export type UseAlterConnect = Pick<Way, "open" | "close"> & {
  /** There is a window, or this page is about to be left. */
  isOpen: boolean;
};

/**
 * Callbacks are those of the latest render. A component that goes away cancels what it has opened, so call this above
 * a menu that closes itself at the click.
 */
export const useAlterConnect = (options: ConnectOptions): UseAlterConnect => {
  const latest = useRef(options);
  const [isOpen, setOpen] = useState(false);
  const [way] = useState(() => createWay(() => latest.current, setOpen));
  // Before the next: a result that is there already is told to the callbacks of this render.
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => way.start(), [way]);
  return { ...way, isOpen };
};

export type ConnectButtonProps = ConnectOptions &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof ConnectOptions>;

/** A `<button>` that connects; what is not an option goes to the button. */
export const ConnectButton: ForwardRefExoticComponent<
  ConnectButtonProps & RefAttributes<HTMLButtonElement>
> = forwardRef((props, ref) => {
  const { open, isOpen } = useAlterConnect(props);
  const { onClick, children = "Connect", ...button } = props;
  for (const name of OPTIONS) Reflect.deleteProperty(button, name);
  return createElement(
    "button",
    {
      type: "button",
      "aria-busy": isOpen,
      "aria-disabled": isOpen,
      ...(button as ButtonHTMLAttributes<HTMLButtonElement>),
      ref,
      onClick: (event: MouseEvent<HTMLButtonElement>) => {
        onClick?.(event);
        if (!event.defaultPrevented) void open();
      },
    },
    children,
  );
});
ConnectButton.displayName = "ConnectButton";
