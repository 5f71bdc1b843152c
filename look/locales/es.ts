/** What every page of ours says, in Spanish. */
import type { Common } from "./en.ts";

export const common: Common = {
  language: "es",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => `Verificado por ${issuer}`,
    username: (issuer) => `Nombre de usuario en ${issuer}`,
    subject: (issuer) => `ID de usuario en ${issuer}`,
  },
  cancel: "Cancelar",
  tryAgain: "Volver a intentarlo",
  reference: "Referencia",
  foot: {
    support: "Ayuda",
    supportOf: (app) => `Ayuda de ${app}, en una ventana nueva`,
    privacy: "Privacidad",
    privacyOf: (app) => `Privacidad en ${app}, en una ventana nueva`,
  },
};
