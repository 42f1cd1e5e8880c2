import type { ReactNode } from 'react';
import { Chip } from '@/components/ui/chip';
import { Panel, PanelRow } from '@/components/ui/staff-rows';
import { COUNTED_UP_TO, type MachineHealth } from '@/lib/views/admin-machine';
import { age, counted } from '../_words/counts';

/** Whether the parts that work by themselves do. */
export function MachinePanel({ machine }: { machine: MachineHealth }) {
  const { workers, webhooks, mail, unanswered } = machine;
  return (
    <Panel id="machine" title="Machine health">
      <PanelRow title="Workers" detail={workerWords(workers)} status={workers.isSilent ? <Bad>Silent</Bad> : <Ok />} />
      <PanelRow
        title="Webhooks"
        detail={`${upTo(webhooks.today)} today, ${webhooks.waiting === 0 ? 'none' : upTo(webhooks.waiting)} waiting`}
        status={webhooks.keptAside > 0 ? <Attention>{upTo(webhooks.keptAside)} kept aside</Attention> : <Ok />}
      />
      <PanelRow
        title="Truemed"
        detail={
          unanswered === 0
            ? 'No charge waits for an answer'
            : `${counted(unanswered, 'charge')} without an answer, asked again by themselves`
        }
        status={unanswered === 0 ? <Ok /> : <Attention>Asking</Attention>}
      />
      <PanelRow
        title="Mail"
        detail={mail.waiting === 0 ? 'Nothing waiting' : `${upTo(mail.waiting)} waiting`}
        status={mail.failing > 0 ? <Attention>{upTo(mail.failing)} tried again</Attention> : <Ok />}
      />
    </Panel>
  );
}

function workerWords({ running, lastTickAgeSeconds, isSilent }: MachineHealth['workers']): string {
  if (lastTickAgeSeconds === null) return 'None has ever ticked';
  const last = `last tick ${age(lastTickAgeSeconds)} ago`;
  return isSilent || running === 0 ? `None running, ${last}` : `${running} running, ${last}`;
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
