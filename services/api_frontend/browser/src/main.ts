// Everything that the pages do beyond what the server made of them. Each module finds what it needs on the page, or rests.

import { startChannelHour } from "./channel_hour";
import { startCountdown } from "./countdown";
import { startCurves } from "./curves";
import { startLive } from "./live";
import { dress } from "./pieces";
import { startPlayer } from "./player";
import { startSaved } from "./saved";
import { startSharing } from "./sharing";
import { startTimes } from "./times";
import { startWeek } from "./week";

startTimes();
startCountdown();
startSaved();
startSharing();
startPlayer();
startCurves();
startWeek();
startChannelHour();
startLive();
dress(document);
