// The numbers of a graph of emotes, and how news of the last minutes become part of them.

/** What the server drew: a value each `step` ms from `from` on (null: not read, not live or not counted yet). */
export interface Drawn {
  from: number;
  step: number;
  live: boolean;
  names: string[];
  uses: (number | null)[][];
  people: (number | null)[][] | null;
}

/** A minute: for each emote, pairs of a second and its uses, and its people. */
interface Minute {
  at: number;
  emotes: [second: number, uses: number][][];
  people: number[];
}

/** News: what is not listed until `until` is 0. */
export interface EmoteNews {
  until: number;
  minutes: Minute[];
}

interface Told {
  name: string;
  count: number;
  people: number | null;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const HEADROOM = 1.08; // the highest value stays below the frame
const KEPT_MINUTES = 4; // of news, for when the server draws anew what it has counted later

export class EmoteLines {
  uses: (number | null)[][] = [];
  private from = 0;
  step = SECOND_MS;
  private people: (number | null)[][] | null = null;
  private names: string[] = [];
  private readonly minutes = new Map<number, Minute>();
  private until = 0;

  /** Take what the server drew; news that are newer stay. */
  draw(drawn: Drawn): void {
    this.from = drawn.from;
    this.step = drawn.step;
    this.names = drawn.names;
    this.uses = drawn.uses;
    this.people = drawn.people;
    for (const minute of this.minutes.values()) this.enter(minute);
    this.settle();
  }

  get points(): number {
    return this.uses[0]?.length ?? 0;
  }

  get range(): [number, number] {
    return [this.from / SECOND_MS, this.end / SECOND_MS];
  }

  get end(): number {
    return this.from + this.step * this.points;
  }

  get top(): number {
    return Math.max(1, ...this.uses.map((values) => Math.max(...values.map((value) => value ?? 0)))) * HEADROOM;
  }

  /** The last step of which anything is known; -1 if there is none. */
  get lastKnown(): number {
    return Math.max(-1, ...this.uses.map((values) => values.findLastIndex((value) => value !== null)));
  }

  at(index: number): Date {
    return new Date(this.from + this.step * index);
  }

  /** The middle of a step, in seconds. */
  middle(index: number): number {
    return (this.from + this.step * (index + 0.5)) / SECOND_MS;
  }

  /** Where a time is, from 0 to 1. */
  share(at: number): number {
    return (at - this.from) / (this.end - this.from);
  }

  told(index: number): Told[] {
    return this.names.flatMap((name, line) => {
      const count = this.uses[line]?.[index];
      return count === null || count === undefined ? [] : [{ name, count, people: this.people?.[line]?.[index] ?? null }];
    });
  }

  /** Return the times of which nothing is known, in seconds, but for what is still to come. */
  gaps(): [number, number][] {
    const found: [number, number][] = [];
    const last = this.lastKnown;
    let begin = -1;
    for (let index = 0; index <= last; index++) {
      const isKnown = this.uses.some((values) => values[index] !== null);
      if (!isKnown && begin < 0) begin = index;
      if (isKnown && begin >= 0) {
        found.push([this.middle(begin - 0.5), this.middle(index - 0.5)]);
        begin = -1;
      }
    }
    return found;
  }

  /** Move on to the present; return by how many steps. */
  follow(now: number): number {
    const steps = Math.min(Math.ceil((now - this.end) / this.step), this.points);
    if (steps <= 0) return 0;
    this.from += steps * this.step;
    for (const values of [...this.uses, ...(this.people ?? [])]) values.splice(0, steps) && values.push(...Array<null>(steps).fill(null));
    return steps;
  }

  /** Take news in. */
  receive({ until, minutes }: EmoteNews): void {
    this.until = Math.max(this.until, until);
    for (const minute of minutes) {
      this.minutes.set(minute.at, minute);
      this.enter(minute);
    }
    const oldest = this.until - KEPT_MINUTES * MINUTE_MS;
    for (const at of [...this.minutes.keys()]) if (at < oldest) this.minutes.delete(at);
    this.settle();
  }

  private enter(minute: Minute): void {
    const first = Math.round((minute.at - this.from) / this.step);
    const steps = Math.max(1, MINUTE_MS / this.step);
    this.uses.forEach((values, line) => {
      const sums = Array<number>(steps).fill(0);
      for (const [second, uses] of minute.emotes[line] ?? []) {
        const place = Math.floor((second * SECOND_MS) / this.step);
        sums[place] = (sums[place] ?? 0) + uses;
      }
      sums.forEach((sum, place) => {
        const index = first + place;
        if (index < 0 || index >= values.length) return;
        const isOver = this.from + this.step * (index + 1) <= this.until;
        values[index] = sum || (isOver ? 0 : (values[index] ?? null));
      });
      const people = this.people?.[line];
      if (people && first >= 0 && first < people.length) people[first] = minute.people[line] ?? 0;
    });
  }

  /** What was not used between the last known step and what is counted is 0. */
  private settle(): void {
    const last = this.lastKnown;
    const until = Math.min(Math.floor((this.until - this.from) / this.step), this.points);
    if (last < 0) return;
    for (const values of this.uses) for (let index = last; index < until; index++) values[index] ??= 0;
  }
}
