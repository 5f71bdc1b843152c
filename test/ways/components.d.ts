/** What the compilers of two frameworks make of the samples. */
declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<{ connect?: unknown }>;
  export default component;
}
declare module "*.svelte" {
  import type { Component } from "svelte";
  const component: Component<{ options?: object }>;
  export default component;
}
