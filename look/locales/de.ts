/** What every page of ours says, in German. */
import type { Common } from "./en.ts";

export const common: Common = {
  language: "de",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => `Von ${issuer} bestätigt`,
    username: (issuer) => `Benutzername bei ${issuer}`,
    subject: (issuer) => `Benutzer-ID bei ${issuer}`,
  },
  cancel: "Abbrechen",
  tryAgain: "Noch einmal versuchen",
  reference: "Referenz",
  foot: {
    support: "Hilfe",
    supportOf: (app) => `Hilfe von ${app}, in einem neuen Fenster`,
    privacy: "Datenschutz",
    privacyOf: (app) => `Datenschutz bei ${app}, in einem neuen Fenster`,
  },
};
