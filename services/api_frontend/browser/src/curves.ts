// The curves of a page: a moment's, and a channel's last hour.

import { ChatPlot } from "./chat_plot";
import { dressWith } from "./pieces";

const plots = new WeakMap<Element, ChatPlot>();

/** Draw each curve, also again after the server wrote it anew. */
function drawCurves(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("figure[data-plot]")) {
    const reach = figure.querySelector<HTMLElement>(".reach");
    if (!reach) continue;
    const plot = plots.get(reach);
    if (plot) plot.renew();
    else plots.set(reach, new ChatPlot(figure, reach));
  }
}

/** Let curves answer. */
export function startCurves(): void {
  dressWith(drawCurves);
}
