/** What every page of ours says, in Japanese. Knows how names stand among our letters. */
import type { Common } from "./en.ts";

const OURS = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー";
const OURS_ENDS = new RegExp(`[${OURS}]$`, "u");
const OURS_BEGINS = new RegExp(`^[${OURS}]`, "u");
const OTHERS_END = new RegExp(`(?![${OURS}])[\\p{L}\\p{N}]$`, "u");
const OTHERS_BEGIN = new RegExp(`^(?![${OURS}])[\\p{L}\\p{N}]`, "u");

/** A space stands between scripts and not within ours: 「Google に」 but 「アプリに」. */
const joined = (before: string, after: string): string =>
  (OURS_ENDS.test(before) && OTHERS_BEGIN.test(after)) ||
  (OTHERS_END.test(before) && OURS_BEGINS.test(after))
    ? `${before} ${after}`
    : before + after;

/** A template in which names take the spaces they need. */
export const say = (texts: TemplateStringsArray, ...names: (string | number)[]): string =>
  texts.reduce((said, text, at) => joined(joined(said, String(names[at - 1])), text));

export const common: Common = {
  language: "ja",
  direction: "ltr",

  vouched: {
    verified_email: (issuer) => say`${issuer}で確認済み`,
    username: (issuer) => say`${issuer}のユーザー名`,
    subject: (issuer) => say`${issuer}のユーザー ID`,
  },
  cancel: "キャンセル",
  tryAgain: "もう一度試す",
  reference: "参照番号",
  foot: {
    support: "ヘルプ",
    supportOf: (app) => say`${app}のヘルプ（新しいウィンドウで開きます）`,
    privacy: "プライバシー",
    privacyOf: (app) => say`${app}のプライバシー（新しいウィンドウで開きます）`,
  },
};
