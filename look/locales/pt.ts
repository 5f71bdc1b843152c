/** What every page of ours says, in Portuguese as written in Brazil. */
import type { Common } from "./en.ts";

export const common: Common = {
  language: "pt",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => `Verificado por ${issuer}`,
    username: (issuer) => `Nome de usuário em ${issuer}`,
    subject: (issuer) => `ID de usuário em ${issuer}`,
  },
  cancel: "Cancelar",
  tryAgain: "Tentar novamente",
  reference: "Referência",
  foot: {
    support: "Ajuda",
    supportOf: (app) => `Ajuda de ${app}, em uma nova janela`,
    privacy: "Privacidade",
    privacyOf: (app) => `Privacidade em ${app}, em uma nova janela`,
  },
};
