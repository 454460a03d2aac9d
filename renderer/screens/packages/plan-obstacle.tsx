// Why a saved plan cannot be shown: the file is no plan, or its target is not saved here.
import { Button } from '@mantine/core';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconAlertTriangle } from '../../parts/icons.js';
import { useApp } from '../../stores/app.js';
import type { PlanObstacle } from '../../stores/plan/open-plan.js';

interface PlanObstacleCardProps {
  readonly obstacle: NonNullable<PlanObstacle>;
  readonly onClose: () => void;
}

export function PlanObstacleCard({ obstacle, onClose }: PlanObstacleCardProps) {
  const text = useText();
  const close = (
    <Button size="xs" onClick={onClose}>
      {text('action.close')}
    </Button>
  );
  if (obstacle.kind === 'problem') return <ErrorCard problem={obstacle.problem} alert actions={close} />;
  return (
    <Card
      icon={IconAlertTriangle}
      title={text('plan.openNoTarget', { target: obstacle.target })}
      padded
      actions={
        <>
          <Button size="xs" onClick={() => useApp.getState().show('target')}>
            {text('remedy.target')}
          </Button>
          {close}
        </>
      }
    >
      {text('plan.openNoTargetText')}
    </Card>
  );
}
