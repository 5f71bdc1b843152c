/** What every page of ours says, in French. */
import type { Common } from "./en.ts";

export const common: Common = {
  language: "fr",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => `Vérifié par ${issuer}`,
    username: (issuer) => `Nom d’utilisateur chez ${issuer}`,
    subject: (issuer) => `Identifiant chez ${issuer}`,
  },
  cancel: "Annuler",
  tryAgain: "Réessayer",
  reference: "Référence",
  foot: {
    support: "Aide",
    supportOf: (app) => `Aide proposée par ${app}, dans une nouvelle fenêtre`,
    privacy: "Confidentialité",
    privacyOf: (app) => `Confidentialité chez ${app}, dans une nouvelle fenêtre`,
  },
};
