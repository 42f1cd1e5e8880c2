import type { ReactNode } from 'react';
import { Chip } from '@/components/ui/chip';
import { Panel, PanelRow } from '@/components/ui/staff-rows';
import type { MachineHealth } from '@/lib/views/admin-machine';
import { COUNTED_UP_TO, type EngineCounters, oldestDue } from '@/lib/views/engine-counters';
import { orderCounts } from '../_words/charges';
import { age, counted } from '../_words/counts';

/** Whether the parts that work by themselves do. */
export function MachinePanel({ machine, now }: { machine: MachineHealth; now: Date }) {
  const { workers, webhooks, mail, unanswered, outSince, engine, lateSince } = machine;
  return (
    <Panel id="machine" title="Machine health">
      <PanelRow
        title="Workers"
        detail={workerWords(workers, engine)}
        status={workers.isSilent ? <Bad>Silent</Bad> : <Ok />}
      />
      <PanelRow
        title="Webhooks"
        detail={`${upTo(webhooks.today)} today, ${webhooks.waiting === 0 ? 'none' : upTo(webhooks.waiting)} waiting`}
        status={webhooks.keptAside > 0 ? <Attention>{upTo(webhooks.keptAside)} kept aside</Attention> : <Ok />}
      />
      <PanelRow
        title="Due"
        detail={dueWords(engine, now)}
        status={lateSince !== null ? <Attention>Late</Attention> : <Ok />}
      />
      <PanelRow
        title="Truemed"
        detail={truemedWords(unanswered, outSince, now)}
        status={outSince !== null ? <Bad>Out</Bad> : unanswered === 0 ? <Ok /> : <Attention>Asking</Attention>}
      />
      <PanelRow
        title="Orders"
        detail={orderCounts(engine.paidOrders, engine.heldOrders, upTo)}
        status={
          engine.parkedCharges > 0 ? <Attention>{upTo(engine.parkedCharges)} without an outcome</Attention> : <Ok />
        }
      />
      <PanelRow
        title="Mail"
        detail={mail.waiting === 0 ? 'Nothing waiting' : `${upTo(mail.waiting)} waiting`}
        status={mail.failing > 0 ? <Attention>{upTo(mail.failing)} tried again</Attention> : <Ok />}
      />
    </Panel>
  );
}

function workerWords(
  { running, lastTickAgeSeconds, isSilent }: MachineHealth['workers'],
  engine: EngineCounters,
): string {
  if (lastTickAgeSeconds === null) return 'None has ever ticked';
  const longest = Math.max(...engine.workers.map(({ tickSeconds }) => tickSeconds ?? 0), 0);
  const last = `last tick ${age(lastTickAgeSeconds)} ago${longest > 0 ? `, took ${longest.toFixed(1)} s` : ''}`;
  return isSilent || running === 0 ? `None running, ${last}` : `${running} running, ${last}`;
}

function truemedWords(unanswered: number, outSince: Date | null, now: Date): string {
  if (outSince !== null) {
    const seconds = Math.max(0, Math.floor((now.getTime() - outSince.getTime()) / 1000));
    return `Without an answer for ${age(seconds)}: charges wait, and go out by themselves`;
  }
  return unanswered === 0
    ? 'No charge waits for an answer'
    : `${counted(unanswered, 'charge')} without an answer, asked again by themselves`;
}

/** How much is due, in hand, and since when. */
export function dueWords(engine: EngineCounters, now: Date): string {
  const oldest = oldestDue(engine.queues);
  if (oldest === null) return 'Nothing is due';
  const sum = (name: 'due' | 'claimed') => engine.queues.reduce((total, queue) => total + queue[name], 0);
  const seconds = Math.floor((now.getTime() - oldest.getTime()) / 1000);
  return `${upTo(sum('due'))} due, ${upTo(sum('claimed'))} in hand, the oldest for ${age(seconds)}`;
}

const upTo = (count: number) =>
  count > COUNTED_UP_TO ? `${COUNTED_UP_TO.toLocaleString('en-US')}+` : count.toLocaleString('en-US');

function Ok() {
  return (
    <Chip tone="ok" icon="circle-check" bare>
      OK
    </Chip>
  );
}

function Attention({ children }: { children: ReactNode }) {
  return (
    <Chip tone="attn" icon="triangle-alert" bare>
      {children}
    </Chip>
  );
}

function Bad({ children }: { children: ReactNode }) {
  return (
    <Chip tone="bad" icon="circle-x" bare>
      {children}
    </Chip>
  );
}
