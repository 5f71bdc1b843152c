/** The SDK's scenarios with the broker as the built program, over HTTP. In process they are in test/broker/sdk.test.ts. */
import { onBroker } from "../broker/sdk/scenarios.ts";
import { overHttp } from "../broker/sdk/stage.ts";

onBroker(overHttp);
