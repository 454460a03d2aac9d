// Catches a defect of one screen: the rest of the window stays, and the person can go back, copy what happened, or save it for support.
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useText } from '../i18n/i18n.js';
import { CopyButton } from '../parts/copy-button.js';
import { EmptyState } from '../parts/empty-state.js';
import { IconAlertTriangle } from '../parts/icons.js';
import { SupportButton } from '../parts/support-button.js';
import { useApp } from '../stores/app.js';
import { Screen } from './screen.js';

interface BoundaryState {
  readonly error: Error | null;
}

export class ScreenBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <BrokenScreen error={error} onBack={() => this.setState({ error: null })} />;
  }
}

function BrokenScreen({ error, onBack }: { readonly error: Error; readonly onBack: () => void }) {
  const text = useText();
  const details = `${error.message}\n${error.stack ?? ''}`;
  return (
    <Screen title={text('frame.broken')} purpose="">
      <div role="alert">
        <EmptyState
          icon={IconAlertTriangle}
          title={text('frame.brokenTitle')}
          text={text('frame.brokenText')}
          actions={
            <>
              <Button
                variant="filled"
                onClick={() => {
                  useApp.getState().show('packages');
                  onBack();
                }}
              >
                {text('palette.go', { screen: text('packages.title') })}
              </Button>
              <CopyButton value={details} label={text('frame.copyDetails')} />
              <SupportButton details={details} />
            </>
          }
        />
      </div>
    </Screen>
  );
}
