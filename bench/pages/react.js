/**
 * What the hosted page takes from preact, made of React: the build of scripts/react-page.mjs puts it in preact's place.
 * At once and not when React would: the page knows what to draw anew by what was read while it was drawn.
 */
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

const roots = new WeakMap();

export const render = (tree, element) => {
  const root = roots.get(element) ?? createRoot(element);
  roots.set(element, root);
  flushSync(() => root.render(tree));
};
