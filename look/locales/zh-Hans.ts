/** What every page of ours says, in Simplified Chinese. Knows how names stand among our letters. */
import type { Common } from "./en.ts";

const OURS = "\\p{Script=Han}";
const OURS_ENDS = new RegExp(`[${OURS}]$`, "u");
const OURS_BEGINS = new RegExp(`^[${OURS}]`, "u");
const OTHERS_END = new RegExp(`(?![${OURS}])[\\p{L}\\p{N}]$`, "u");
const OTHERS_BEGIN = new RegExp(`^(?![${OURS}])[\\p{L}\\p{N}]`, "u");

/** A space stands between scripts and not within ours: “返回 Google” but “返回该应用”. */
const joined = (before: string, after: string): string =>
  (OURS_ENDS.test(before) && OTHERS_BEGIN.test(after)) ||
  (OTHERS_END.test(before) && OURS_BEGINS.test(after))
    ? `${before} ${after}`
    : before + after;

/** A template in which names take the spaces they need. */
export const say = (texts: TemplateStringsArray, ...names: (string | number)[]): string =>
  texts.reduce((said, text, at) => joined(joined(said, String(names[at - 1])), text));

export const common: Common = {
  language: "zh-Hans",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => say`已由${issuer}验证`,
    username: (issuer) => say`${issuer}用户名`,
    subject: (issuer) => say`${issuer}用户 ID`,
  },
  cancel: "取消",
  tryAgain: "重试",
  reference: "参考编号",
  foot: {
    support: "帮助",
    supportOf: (app) => say`${app}的帮助（在新窗口中打开）`,
    privacy: "隐私",
    privacyOf: (app) => say`${app}的隐私说明（在新窗口中打开）`,
  },
};
