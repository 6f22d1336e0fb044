// Everything that the pages do beyond what the server made of them. Each module finds what it needs on the page, or rests.

import { startCountdown } from "./countdown";
import { startCurves } from "./curves";
import { startEmoteGraph } from "./emote_graph";
import { startFreshPieces } from "./fresh_piece";
import { startLive } from "./live";
import { dress } from "./pieces";
import { startPlayer } from "./player";
import { startSeeking } from "./seeking";
import { startSharing } from "./sharing";
import { startTimes } from "./times";
import { startTypedPreviews } from "./typed_preview";
import { startViewing } from "./viewing";
import { startVoices } from "./voices";
import { startWeek } from "./week";

startTimes();
startCountdown();
startVoices();
startSharing();
startPlayer();
startViewing();
startCurves();
startWeek();
startFreshPieces();
startEmoteGraph();
startSeeking();
startTypedPreviews();
startLive();
dress(document);
