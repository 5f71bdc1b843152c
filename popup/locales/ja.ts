/** Every word the page says, in Japanese. Knows names only as arguments, and how they stand among our letters. */
import { common, say } from "../../look/locales/ja.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string => provider ?? "連携先のサービス";

const failed: Messages["failed"] = {
  access_denied: ({ provider }) => ({
    title: "アクセスが許可されませんでした",
    text: say`${the(provider)}で、あなたまたは管理者がアクセスを許可しませんでした。もう一度お試しになるか、キャンセルしてください。`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: say`${the(provider)}がリクエストを拒否しました`,
    text: say`もう一度お試しください。同じ問題が続く場合は、${app}の運営元で解決できますので、ご連絡ください。`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: say`${the(provider)}から応答がありません`,
    text: "一時的に停止している可能性があります。1 分ほど待ってから、もう一度お試しください。",
  }),
  provider_timeout: ({ provider }) => ({
    title: say`${the(provider)}の応答に時間がかかりすぎました`,
    text: "時間内に応答がありませんでした。1 分ほど待ってから、もう一度お試しください。",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "うまくいきませんでした",
    text: say`${the(provider)}からの応答が正しくなかったため、処理を中止しました。もう一度お試しください。`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "誰のアカウントか確認できませんでした",
    text: say`${the(provider)}からこの情報が得られない場合、アカウントの連携は行いません。もう一度お試しください。`,
  }),
  finishing_timed_out: () => ({
    title: "最後の処理に時間がかかりすぎました",
    text: "処理は中止され、アカウントは連携されませんでした。もう一度お試しください。",
  }),
  authorization_superseded: () => ({
    title: "これは以前の操作です",
    text: "その後に新しい操作を始められたため、以前の操作は無効になりました。ここでもう一度お試しください。",
  }),
  authorization_expired: ({ provider }) => ({
    title: "この操作は期限切れです",
    text: say`${the(provider)}での操作に時間がかかりすぎたため、無効になりました。もう一度お試しください。`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: say`${the(provider)}はこのアプリ内では開けません`,
    text: say`アドレスをコピーして普段お使いのブラウザで開き、${app}でもう一度始めてください。`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "許可されていない項目があります",
    text: say`${app}は、${the(provider)}で求めるすべての許可がないと動作しません。もう一度お試しになり、すべての項目を許可してください。`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "試行回数が多すぎます",
    text: say`${app}に戻り、最初からやり直してください。`,
  }),
  unexpected: () => ({
    title: "問題が発生しました",
    text: "あなたの操作が原因ではありません。しばらくしてから、もう一度お試しください。",
  }),
};

const ended: Messages["ended"] = {
  cancelled: () => ({ title: "キャンセルしました", text: "何も連携されていません。" }),
  denied: () => ({ title: "何も連携されていません", text: "アクセスが許可されませんでした。" }),
  expired: (app) => ({
    title: "時間切れになりました",
    text: say`安全のため、このページを開いておける時間は限られています。${app}に戻り、もう一度始めてください。`,
  }),
  wrong_user: (app) => ({
    title: "何も連携されていません",
    text: say`${app}に戻り、ご自身のアカウントでログインしてから、もう一度始めてください。`,
  }),
  elsewhere: (app) => ({
    title: "別の場所で開かれました",
    text: say`別のウィンドウで開かれたため、ここでの操作は終了しました。心当たりがない場合は、${app}に戻り、もう一度始めてください。`,
  }),
  over: (app) => ({
    title: "この操作は終了しました",
    text: say`${app}に戻ると、連携の状況を確認したり、もう一度始めたりできます。`,
  }),
};

export const ja: Messages = {
  ...common,
  pageTitle: (app) => (app ? `連携 – ${app}` : "連携"),

  loading: "しばらくお待ちください…",

  identity: {
    caption: (app) => say`${app}にログイン中`,
    notYou: "ご本人ではありませんか？",
  },

  requestedBy: "リクエスト元:",
  confirm: {
    title: ({ app, provider }) => say`${provider}を${app}に連携`,
    scopes: (app) => say`${app}ができること`,
    titleAgain: ({ app, provider }) => say`${provider}を${app}に再連携`,
    renewed: (provider) => say`${provider}ではこのアカウントでログインしてください`,
    noScopes: (provider) => say`許可を求められる内容は、同意する前に${provider}で表示されます。`,
    already: "連携済み",
    example: (example) => `例: ${example}`,
    amiss: (provider, example = "") =>
      say`${provider}で使われている形式ではありません。` + (example && `例: ${example}`),
    go: (provider) => say`${provider}に進む`,
    allowedBy: (app) => say`${app}は、これでアクセスできるすべての操作を行えるようになります。`,
    help: (provider) => say`${provider}での確認方法`,
    refused: (provider) =>
      say`${provider}で受け付けられませんでした。すべてコピーされているか、まだ有効かを確認してください。`,
    kept: ({ app, provider }) =>
      say`正しいかどうかを${provider}に一度だけ確認し、その後は暗号化して保管します。${app}のページを通ることはありません。`,
    assurance: ({ app, provider }) =>
      say`ログインは${provider}で行います。${app}にパスワードが知られることはありません。`,
  },
  choose: {
    title: (app) => say`${app}にアカウントを連携`,
    titleMore: (app) => say`${app}にほかのサービスも連携しますか？`,
    list: "サービスを選択",
    connected: "今回連携したサービス",
    connectedAs: "連携済み:",
    done: "完了",

    search: "名前で検索",
    categories: "サービスの種類",
    all: "すべて",
    count: ({ count, all }) => say`${all}件中${count}件のサービス`,
    none: "この名前のサービスはここにはありません。",
    clear: "すべてのサービスを表示",

    connect: (provider) => say`${provider}を連携`,
    accountsAt: (provider) => say`あなたの${provider}アカウント`,
    broken: "再連携が必要です",
    reconnect: "再連携",
    reconnectAt: ({ account, provider }) => say`${provider}の${account}を再連携`,
    another: "別のアカウントを追加",
    anotherAt: (provider) => say`${provider}で別のアカウントを追加`,
  },
  categories: {
    communication: "コミュニケーション",
    productivity: "仕事効率化",
    files: "ファイル",
    developer: "開発",
    design: "デザイン",
    sales: "営業",
    marketing: "マーケティング",
    commerce: "ショップ",
    finance: "会計・金融",
    hr: "人事",
    social: "SNS",
    health: "ヘルスケア",
    identity: "ログイン",
  },
  back: "戻る",
  retry: (provider) => (provider ? say`${provider}をもう一度試す` : "もう一度試す"),
  copy: "アドレスをコピー",
  copied: "コピーしました",
  closeWindow: "ウィンドウを閉じる",
  canClose: "このウィンドウは閉じてもかまいません。",

  leaving: (to) => say`${to}に移動しています…`,
  leavingSlow: "通常より時間がかかっています。",
  finishing: "連携を完了しています…",
  finishingText: "数秒かかります。ウィンドウを開いたままお待ちください。",

  finished: {
    title: (provider) => say`${provider}を連携しました`,
    titleAgain: (provider) => say`${provider}を再連携しました`,
    titleMany: (count) => say`${count}件のアカウントを連携しました`,
    account: (owner) => say`${owner}のアカウント`,
    to: "連携先",
    another: (account) =>
      say`これは${account}とは別のアカウントです。${account}は以前の状態のままです。`,
    differs: (app) =>
      say`メールアドレスが一致していません。意図したものでない場合は、${app}で連携を解除してください。`,
    closing: "このウィンドウは自動的に閉じます。",
  },

  failed,

  ended,
  theApp: "アプリ",
  offline: "オフラインです。接続が回復すると、このページは続行します。",
  preview: {
    banner: "プレビュー – 何も連携できません",
    mark: "プレビュー",
    refused: "プレビューでは、このボタンを押しても移動しません。",
  },
  backTo: (app) => say`${app}に戻る`,

  openFromApp: {
    title: "アプリから開いてください",
    text: "このページは、アプリから開いたときにだけ機能します。アプリに戻り、連携ボタンを押してください。",
  },
  sentLink: "このリンクは誰かから送られたものかもしれません。何も連携されていません。",
  lost: {
    title: "操作を始めたブラウザとアプリに戻ってください",
    text: "このページは、別の場所で始められた操作のものです。",
  },
  cookiesBlocked: {
    title: "Cookie がブロックされています",
    text: "Cookie は、ほかの人があなたの代わりにこの操作を完了できないようにするために使います。このサイトの Cookie を許可してから、アプリでもう一度始めてください。",
  },
  trouble: {
    unreachable: {
      title: "接続できません",
      text: "サービスから応答がありません。このページは接続を試み続けます。つながれば、中断したところから続けられます。時間がかかる場合は、インターネット接続をご確認ください。",
    },
    offline: {
      title: "オフラインです",
      text: "インターネットに再び接続されると、このページは自動的に続行します。何も失われません。",
    },
    busy: {
      title: "混み合っています",
      text: "現在、試行回数が多すぎます。同じネットワークのほかの人によるものかもしれません。1 分ほど待ってから、もう一度お試しください。",
    },
    unexpected: {
      title: "こちら側で問題が発生しました",
      text: "しばらくしてから、もう一度お試しください。中断したところから続けられます。",
    },
  },
};
