// Everything that the pages do beyond what the server made of them. Each module finds what it needs on the page, or rests.

import { startChannelHour } from "./channel_hour";
import { startCountdown } from "./countdown";
import { startCurves } from "./curves";
import { startLive } from "./live";
import { dress } from "./pieces";
import { startPlayer } from "./player";
import { startSharing } from "./sharing";
import { startTimes } from "./times";
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
startChannelHour();
startLive();
dress(document);
