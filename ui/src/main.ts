import { mount } from "svelte";

import "./style/tokens.css";
import "./style/base.css";
import App from "./App.svelte";
import { connectBackend } from "./backend";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no element #app");
mount(App, { target, props: { backend: await connectBackend() } });
