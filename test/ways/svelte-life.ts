/** A component's life, as the Svelte that is installed has it: 5 by functions, 4 by a class. Knows no component. */
import * as svelte from "svelte";
import type { Component } from "svelte";

type Of4 = new (options: { target: Element; props: object }) => { $destroy(): void };

/** Into the body; what it answers with takes it out again. */
export const mounted = (component: Component<object>, props: object): (() => Promise<void>) => {
  const target = document.body;
  if ("mount" in svelte) {
    const it = svelte.mount(component, { target, props });
    return () => svelte.unmount(it);
  }
  const it = new (component as unknown as Of4)({ target, props });
  return async () => it.$destroy();
};
