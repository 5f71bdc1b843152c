/** The app's address, to open it elsewhere. Its origin and nothing else: never a link that could carry on [M21]. */
import { signal } from "@preact/signals";
import type { Messages } from "../locales/en.ts";
import { Button, Status } from "../../look/Frame.tsx";

const copied = signal("");

export const CopyAddress = ({ t, address }: { t: Messages; address: string }) => {
  let shown: HTMLElement | null = null;
  return (
    <>
      <p
        class="address"
        ref={(element) => {
          shown = element;
        }}
      >
        {address}
      </p>
      <Button kind="primary" onPress={() => void copy(address, shown)}>
        {t.copy}
      </Button>
      <Status>{copied.value === address && t.copied}</Status>
    </>
  );
};

const copy = async (address: string, shown: HTMLElement | null): Promise<void> => {
  copied.value = "";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    // Apps' own browsers often lack this or refuse it. Selected, the older way may copy it, and else the user can.
    if (shown) getSelection()?.selectAllChildren(shown);
    if (!document.execCommand("copy")) return;
  }
  copied.value = address;
};
