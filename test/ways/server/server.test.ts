/** On a server: importing and the fake touch no window, since there is none. */
import { expect, it } from "vitest";

it("there is no window here", () => {
  for (const name of ["window", "document", "HTMLElement", "customElements", "location"])
    expect(name in globalThis, name).toBe(false);
});

it("the element is not defined, and its module loads", async () => {
  await import("../../../ways/button.ts");
  await import("../../../ways/define-button.ts").then(({ defineConnectButton }) =>
    defineConnectButton(),
  );
});

it("the fake needs no window either", async () => {
  const { fakeAlterConnect } = await import("../../../ways/testing.ts");
  const fake = fakeAlterConnect();
  const outcome = fake.create().open({ token: fake.token });
  await fake.succeed();
  expect(await outcome).toMatchObject({ status: "success" });
});
