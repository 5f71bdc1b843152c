/** What every page of ours says, in Arabic. Knows that names may be written the other way. */
import type { Common } from "./en.ts";

/** A name in another script, or with a full stop at its end, would pull its neighbours to the wrong side (UAX #9). */
export const isolated = (name: string): string => `\u2068${name}\u2069`;

export const common: Common = {
  language: "ar",
  direction: "rtl",

  vouched: {
    verified_email: (issuer) => `تم التحقّق منه من خلال ${isolated(issuer)}`,
    username: (issuer) => `اسم المستخدم لدى ${isolated(issuer)}`,
    subject: (issuer) => `معرّف المستخدم لدى ${isolated(issuer)}`,
  },
  cancel: "إلغاء",
  tryAgain: "إعادة المحاولة",
  reference: "الرقم المرجعي",
  foot: {
    support: "المساعدة",
    supportOf: (app) => `المساعدة من ${isolated(app)}، في نافذة جديدة`,
    privacy: "الخصوصية",
    privacyOf: (app) => `الخصوصية لدى ${isolated(app)}، في نافذة جديدة`,
  },
};
