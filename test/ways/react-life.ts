/** `act`, from where the React that is installed has it: before 18.3 it is the DOM's. Knows no component. */
import * as react from "react";
import * as utils from "react-dom/test-utils";

export const act: typeof react.act =
  (react as Partial<typeof react>).act ?? (utils as unknown as typeof react).act;
