/** Something happened that the user should know: an icon, a sentence of ours, and the ways on. */
import type { ComponentChildren } from "preact";
import { Actions, Heading } from "./Frame.tsx";
import { Icon, type IconName } from "./Icon.tsx";

type MessageProps = {
  icon: IconName;
  tone: "calm" | "warn";
  title: string;
  text: string;
  /** What else there is to know. */
  note?: string;
  /** The ways on: buttons, and what else stands at the foot. */
  children?: ComponentChildren;
};

export const Message = ({ icon, tone, title, text, note, children }: MessageProps) => (
  <>
    <div class="message">
      <span class={`badge ${tone}`} aria-hidden="true">
        <Icon name={icon} />
      </span>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {note && <p class="hint">{note}</p>}
    </div>
    <Actions>{children}</Actions>
  </>
);
