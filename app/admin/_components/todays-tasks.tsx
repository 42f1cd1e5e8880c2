import { LinkButton } from '@/components/ui/button';
import { TaskList, TaskRow } from '@/components/ui/staff-rows';
import type { MachineHealth } from '@/lib/views/admin-machine';
import type { StaffTask } from '@/lib/views/admin-tasks';
import { age } from '../_words/counts';
import { type Reader, taskWords } from '../_words/tasks';
import { dueWords } from './machine-panel';

/** Whether work is late although workers tick; where none does, that is the thing to say. */
export const isLateOnly = ({ lateSince, workers }: MachineHealth) => lateSince !== null && !workers.isSilent;

/** What needs a person today: one sentence and one action each, the most urgent first. */
export function TodaysTasks({
  tasks,
  machine,
  reader,
}: {
  tasks: readonly StaffTask[];
  machine: MachineHealth;
  reader: Reader;
}) {
  const { workers } = machine;
  return (
    <TaskList label="What needs a person" end="That is all.">
      {workers.isSilent && (
        <TaskRow tone="bad" icon="activity" title="No worker is running">
          {workers.lastTickAgeSeconds === null
            ? 'None has ever ticked.'
            : `The last tick was ${age(workers.lastTickAgeSeconds)} ago.`}{' '}
          Nothing is charged, mailed or applied until one runs: <code>npm run worker</code>. What falls due waits, and
          nothing is lost.
        </TaskRow>
      )}
      {isLateOnly(machine) && (
        <TaskRow tone="wait" icon="clock" title="Work is late">
          {dueWords(machine.engine, reader.now)}. Workers run and do not keep up: start another with{' '}
          <code>npm run worker</code>. What is due is done in its order, and nothing is lost.
        </TaskRow>
      )}
      {tasks.map((task, index) => {
        const { tone, icon, title, body, action } = taskWords(task, reader);
        return (
          <TaskRow
            key={task.kind}
            tone={tone}
            icon={icon}
            title={title}
            action={
              <LinkButton href={action.href} kind={index === 0 ? 'primary' : 'edge'} size="staff">
                {action.label}
              </LinkButton>
            }
          >
            {body}
          </TaskRow>
        );
      })}
    </TaskList>
  );
}
