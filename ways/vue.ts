/** Vue's way in: a composable and a button. Knows components and their life; must not know sessions or windows. */
import {
  defineComponent,
  h,
  onMounted,
  onUnmounted,
  readonly,
  ref,
  toValue,
  type ComponentOptionsMixin,
  type DefineComponent,
  type MaybeRefOrGetter,
  type Ref,
} from "vue";
import type { AlterConnectEvents } from "../src/index.ts";
import { callbacks, createWay, OPTIONS, type ConnectOptions, type Way } from "./way.ts";

export type { ConnectOptions };

export type UseAlterConnect = Pick<Way, "open" | "close"> & {
  /** There is a window, or this page is about to be left. */
  isOpen: Readonly<Ref<boolean>>;
};

/** Call it in `setup`. A component that goes away cancels what it has opened. */
export const useAlterConnect = (options: MaybeRefOrGetter<ConnectOptions>): UseAlterConnect => {
  const isOpen = ref(false);
  const { open, close, start } = createWay(
    () => toValue(options),
    (is) => (isOpen.value = is),
  );
  onMounted(() => onUnmounted(start()));
  return { open, close, isOpen: readonly(isOpen) };
};

type Emits = {
  success: AlterConnectEvents["success"];
  error: AlterConnectEvents["error"];
  exit: AlterConnectEvents["exit"];
  event: AlterConnectEvents["event"];
};

/** As every Vue from 3.3 on can name it: what `defineComponent` itself gives for a function has changed its type since. */
type ConnectButtonComponent = DefineComponent<
  ConnectOptions,
  object,
  object,
  Record<never, never>,
  Record<never, never>,
  ComponentOptionsMixin,
  ComponentOptionsMixin,
  Emits
>;

/** A `<button>` that connects; other attributes go to the button. */
export const ConnectButton: ConnectButtonComponent = defineComponent<ConnectOptions, Emits>(
  (props, { emit, slots }) => {
    const tell = callbacks(
      (name) =>
        (...args) =>
          emit(name.slice(2).toLowerCase() as "success", ...args),
    );
    const { open, isOpen } = useAlterConnect(() => ({ ...props, ...tell }));
    return () =>
      h(
        "button",
        {
          type: "button",
          "aria-busy": isOpen.value,
          "aria-disabled": isOpen.value,
          onClick: () => void open(),
        },
        slots["default"]?.() ?? "Connect",
      );
  },
  // The callbacks too: what is a prop may be emitted.
  { name: "ConnectButton", props: OPTIONS },
) as unknown as ConnectButtonComponent;
