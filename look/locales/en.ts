/** What every page of ours says, in English. Another language is another object of the same type. */
export const common = {
  language: "en",
  direction: "ltr" as "ltr" | "rtl",

  /** Who says that the user is who they are. */
  vouched: {
    verified_email: (issuer: string): string => `Verified by ${issuer}`,
    username: (issuer: string): string => `User name at ${issuer}`,
    subject: (issuer: string): string => `User ID at ${issuer}`,
  },
  cancel: "Cancel",
  tryAgain: "Try again",
  reference: "Reference",
  foot: {
    support: "Help",
    supportOf: (app: string): string => `Help from ${app}, in a new window`,
    privacy: "Privacy",
    privacyOf: (app: string): string => `Privacy at ${app}, in a new window`,
  },
};

export type Common = typeof common;
