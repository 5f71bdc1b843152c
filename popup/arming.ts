/**
 * Whether a click may count yet. Knows one moment: when this window last came to the front or changed what
 * it shows. Must not know what a click would do.
 */
import { signal } from "@preact/signals";

/** Long enough to spoil the second half of a double click that began in another window [L17]. */
const ARM_MS = 500;

export const createArming = () => {
  const armed = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  const rearm = (): void => {
    armed.value = false;
    stop();
    timer = setTimeout(() => {
      armed.value = true;
    }, ARM_MS);
  };
  return { armed, rearm, stop };
};
