/** Every word the Wallet says, in Japanese. Knows names only as arguments, and how they stand among our letters. */
import { common, say } from "../../look/locales/ja.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string => provider ?? "連携先のサービス";

export const words: Messages = {
  ...common,
  loading: "読み込んでいます…",

  connections: {
    title: "連携中のアカウント",
    lead: "ほかのサービスのアカウントと、アプリがそれを使ってできること。",
    leadOf: (app) => say`ほかのサービスのアカウントと、${app}がそれを使ってできること。`,
    none: {
      title: "連携しているものはありません",
      text: "アプリでアカウントを連携すると、ここに表示されます。",
    },
    app: "アプリ",
    connected: "連携日",
    lastUsed: "最終利用",
    never: "未使用",
    ends: "終了予定",
    ended: "解除日",
    may: (app) => say`${app}ができること`,
    moreScopes: (count) => say`ほか${count}件`,
    noScopes: ({ app, provider }) => say`${app}ができることは、${provider}で同意した内容です。`,
    status: {
      active: "有効",
      expiring: "まもなく終了",
      needs_reconnect: "再連携が必要です",
      revoked: "解除済み",
    },
    reconnect: ({ app, provider }) =>
      say`現在は機能していません。${app}を開き、${provider}を再連携してください。`,
    renew: ({ app, provider }) =>
      say`引き続き使うには、${app}を開き、${provider}を再連携してください。`,
    disconnect: "連携を解除",
    disconnectAll: {
      app: (app) => say`${app}の連携をすべて解除`,
      provider: (provider) => say`${provider}の連携をすべて解除`,
      both: ({ app, provider }) => say`${app}と${provider}の連携をすべて解除`,
    },
  },

  ending: {
    title: (provider) => say`${provider}の連携を解除しますか？`,
    text: ({ app, provider, account }) =>
      say`${app}は${provider}の${account}を使えなくなります。${app}でもう一度連携できます。`,
    titleAll: {
      app: (app) => say`${app}の連携をすべて解除しますか？`,
      provider: (provider) => say`${provider}の連携をすべて解除しますか？`,
      both: ({ app, provider }) => say`${app}と${provider}の連携をすべて解除しますか？`,
    },
    textAll: {
      app: (app) =>
        say`${app}は、連携したアカウントをどれも使えなくなります。${app}でもう一度連携できます。`,
      provider: (provider) =>
        say`ここにあるアプリはどれも、あなたの${provider}アカウントを使えなくなります。各アプリでもう一度連携できます。`,
      both: ({ app, provider }) =>
        say`${app}は、あなたの${provider}アカウントを使えなくなります。${app}でもう一度連携できます。`,
    },
    delay: (time) => say`アプリは最長で${time}の間、引き続きアクセスできることがあります。`,
    confirmAll: "すべて解除",
    busy: "解除しています…",
    soFar: (count) => say`これまでに解除: ${count}件`,
    stop: "中止",
    close: "閉じる",
    over: "解除しました",
    stopped: "まだすべては解除されていません",
    count: (count) => say`解除: ${count}件`,
    told: (count) => say`サービスに通知済み: ${count}件`,
    untold: (count) => say`サービスに通知できませんでした: ${count}件`,
    shared: (count) => say`別の連携が同じアカウントを使っているため未通知: ${count}件`,
    removeAll: "それらのサービスのアカウント設定でも、アクセスを終了してください。",
  },
  told: {
    done: (provider) => say`連携を解除しました。${provider}にも通知しました。`,
    failed: (provider) => say`ここでの連携を解除しました。${provider}には通知できませんでした。`,
    shared: (provider) =>
      say`連携を解除しました。別の連携が同じアカウントを使っているため、${provider}には通知していません。`,
    remove: ({ app, provider }) => say`${provider}のアカウント設定でも${app}を削除してください。`,
    manage: (provider) => say`${provider}の設定を開く`,
    again: (app) => say`${app}でもう一度連携できます。`,
    already: "すでに解除されていました。",
  },

  secrets: {
    title: (app) => say`${app}から提供されたもの`,
    note: (app) =>
      say`あなたに代わって使うために、${app}の運営元が登録したものです。取り消せるのは運営元だけです。`,
    user: "あなた専用",
    group: "あなたが所属するグループ用",
    everyone: (app) => say`${app}を使うすべての人用`,
    given: "提供日",
    active: "有効",
    expired: "期限切れ",
  },

  activity: {
    title: "アクティビティ",
    lead: "あなたに代わって行われた操作です。新しい順に表示しています。",
    none: {
      title: "まだ何も行われていません",
      text: "アプリがあなたのアカウントを使うと、ここに表示されます。",
    },
    allowed: "許可",
    refused: "拒否",
    because: (reason) => `拒否: ${reason}`,
    kinds: {
      used: ({ app, provider }) => say`${app}が${the(provider)}を使用しました`,
      refused: ({ app, provider }) => say`${app}が${the(provider)}を使用しようとしました`,
      connected: ({ app, provider }) => say`あなたが${the(provider)}を${app}に連携しました`,
      reconnected: ({ app, provider }) => say`あなたが${the(provider)}を${app}に再連携しました`,
      ended_by_provider: ({ app, provider }) =>
        say`${the(provider)}が${app}のアクセスを終了しました`,
      expired: ({ app, provider }) =>
        say`${app}の${the(provider)}へのアクセスが期限切れになりました`,
    },
    revokedBy: {
      you: ({ app, provider }) => say`あなたが${app}と${the(provider)}の連携を解除しました`,
      app: ({ app, provider }) => say`${app}が${the(provider)}の連携を解除しました`,
      operator: ({ app, provider }) => say`${app}の運営元が${the(provider)}の連携を解除しました`,
      identity_provider: ({ app, provider }) =>
        say`あなたのアカウントが閉鎖されたため、${app}と${the(provider)}の連携が解除されました`,
      broker: ({ app, provider }) => say`${app}と${the(provider)}の連携が自動的に解除されました`,
    },
    revoked: ({ app, provider }) => say`${app}と${the(provider)}の連携が解除されました`,
    reasons: {
      grant_not_found: "連携しているものがありません",
      ambiguous_grant: "複数のアカウントのうちどれかが指定されていません",
      grant_revoked: "あなたが連携を解除していました",
      credential_revoked: "サービスがアクセスを終了していました",
      grant_expired: "アクセスの期限が切れていました",
      scope_reauth_required: "そこまでの操作は許可されていません",
      policy_violation: "運営者のルールで禁止されています",
      host_not_allowed: "別のアドレスへの呼び出しでした",
      provider_not_allowed: "アプリはこのサービスを使用できません",
      provider_unavailable: "サービスから応答がありませんでした",
      provider_timeout: "サービスの応答に時間がかかりすぎました",
      rate_limited: "呼び出しが多すぎました",
      overloaded: "呼び出しが多すぎました",
      invalid_user_token: "アプリでのセッションが有効ではありませんでした",
    },
    other: "この呼び出しは許可されていません",
  },

  filter: {
    label: "表示",
    app: "アプリ",
    allApps: "すべてのアプリ",
    provider: "サービス",
    allProviders: "すべてのサービス",
    unknown: "その他",
    none: "この条件に合うものはありません。",
    clear: "すべて表示",
  },
  views: "このページの内容",
  shown: (count) => say`${count}件を表示`,
  more: "さらに表示",
  moreFailed: "続きを読み込めませんでした。もう一度お試しください。",

  signOut: "ログアウト",
  download: {
    button: "データをダウンロード",
    busy: "データを準備しています…",
    done: "データをダウンロードしました。",
    failed: "ダウンロードできませんでした。何も保存されていません。もう一度お試しください。",
  },

  signedOut: {
    title: "連携したアカウントの確認",
    titleOf: (app) => say`${app}に連携したアカウントの確認`,
    text: "アプリがどのアカウントを使えるか、何が行われたか、どうすればやめられるかを確認できます。",
    signIn: (identity_provider) => say`${identity_provider}でログイン`,
    note: "ログインはいつもの場所で行います。このページにパスワードが知られることはありません。",
  },
  ended: {
    title: "ログアウトされました",
    text: "あなたの情報はここには表示されていません。続けるには、もう一度ログインしてください。",
  },
  left: {
    title: "ここからログアウトしました",
    text: (identity_provider) =>
      say`${identity_provider}ではまだログインしたままかもしれません。ほかの人がこのブラウザを使う場合は、そちらでもログアウトしてください。`,
    again: (identity_provider) => say`もう一度${identity_provider}でログイン`,
  },
  problem: {
    denied: {
      title: "ログインしませんでした",
      text: "あなた、またはログインサービスが拒否しました。",
    },
    expired: {
      title: "時間切れになりました",
      text: "ログインは 10 分以内に完了する必要があり、有効なのは一度だけです。もう一度ログインしてください。",
    },
    other_browser: {
      title: "このログインは別の場所で始められました",
      text: "別のブラウザまたはウィンドウで始められたため、ここでは無効です。心当たりがない場合、このリンクは誰かから送られたものかもしれません。ここからログインできます。",
    },
    unavailable: {
      title: "ログインサービスから応答がありません",
      text: "一時的に停止している可能性があります。1 分ほど待ってから、もう一度お試しください。",
    },
    refused: {
      title: "ログインできませんでした",
      text: "ログインサービスから、ここで有効な本人確認の情報が得られませんでした。もう一度お試しください。",
    },
  },
  noWallet: {
    title: "ここには何もありません",
    titleOf: (app) => say`${app}ではこのページを利用できません`,
    text: "ここでこのページを利用できるアプリはありません。連携したアカウントは、アプリ内でご確認ください。",
    textOf: (app) => say`連携したアカウントは、${app}内でご確認ください。`,
    all: "すべてのアプリを表示",
  },
  trouble: {
    unreachable: {
      title: "接続できません",
      text: "サービスから応答がありません。インターネット接続をご確認のうえ、しばらくしてからもう一度お試しください。",
    },
    busy: {
      title: "混み合っています",
      text: "現在、リクエストが多すぎます。同じネットワークのほかの人によるものかもしれません。1 分ほど待ってから、もう一度お試しください。",
    },
    unexpected: {
      title: "こちら側で問題が発生しました",
      text: "あなたの操作が原因ではありません。しばらくしてから、もう一度お試しください。",
    },
    not_signed_out: {
      title: "まだログインしています",
      text: "ログアウトできませんでした。ほかの人がこのブラウザを使う前に、もう一度お試しください。",
    },
  },
};
