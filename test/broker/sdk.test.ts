/** The SDK's scenarios with the broker in this process. Over HTTP they are in test/sdk/real-broker.test.ts. */
import { onBroker } from "./sdk/scenarios.ts";
import { inProcess } from "./sdk/stage.ts";

onBroker(inProcess);
