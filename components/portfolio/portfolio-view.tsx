'use client';

import Link from 'next/link';
import { useState } from 'react';
import { ChartPanel } from '@/components/chart/chart-panel';
import { GapList } from '@/components/chart/gap-list';
import { createReadingStore } from '@/components/chart/reading-store';
import { FormatsProvider, useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import type { AccountMatch } from '@/lib/connections/document';
import { DEFAULT_PERIOD, type Period } from '@/lib/domain/period';
import type { Correction, HistoryDocument } from '@/lib/history/document';
import type { DayNote } from '@/lib/notes/document';
import { AccountPicker } from './account-picker';
import { AccountValues } from './account-values';
import { CalendarYears } from './calendar-years';
import { CorrectionList } from './correction-list';
import { DayNotes, type SaveNote } from './day-notes';
import { EmptyPortfolio } from './empty-portfolio';
import { ExportMenu, savePicture } from './export-menu';
import { FirstFill } from './filling';
import { findFirstFills } from './freshness';
import { PortfolioHeadline } from './headline';
import { HideAmountsSwitch, useHiddenAmounts } from './hide-amounts';
import { useServerClock } from './live-figure';
import { MatchNotice } from './match-notice';
import { DataNotice, PageNotices } from './notices';
import { PeriodComparison } from './period-comparison';
import { type PortfolioAddress, writeAddress, writeHistorySearch } from './portfolio-address';
import { RangeForm } from './range-form';
import { SummaryFigures } from './summary-figures';
import { usePortfolioAddress } from './use-portfolio-address';
import { type LoadedHistory, usePortfolioHistory } from './use-portfolio-history';

/** What the chart does not need to know to be drawn: whose accounts, from when to when, and taking it along. */
function PortfolioControls({
  history,
  address,
  search,
  onChange,
  resetsTo,
  onReset,
}: {
  readonly history: HistoryDocument;
  readonly address: PortfolioAddress;
  /** The question that `address` asks. */
  readonly search: string;
  readonly onChange: (changes: Partial<PortfolioAddress>) => void;
  /** The period that was shown before dates were chosen. */
  readonly resetsTo: Period;
  readonly onReset: () => void;
}) {
  const formats = useFormats();
  return (
    <>
      <AccountPicker
        accounts={history.accounts}
        selected={address.accounts}
        onSelect={(accounts) => onChange({ accounts })}
      />
      {typeof address.span !== 'string' && (
        <Button size="touch" className="max-sm:px-2" onClick={onReset}>
          <span aria-hidden="true">×</span>
          <span>
            <span className="max-sm:sr-only">Back to </span>
            {resetsTo}
          </span>
        </Button>
      )}
      <RangeForm
        shown={{ from: history.from, to: history.to }}
        isChosen={typeof address.span !== 'string'}
        onSelect={(span) => onChange({ span })}
        onReset={onReset}
      />
      <ExportMenu
        search={search}
        onSavePicture={
          address.view === 'chart'
            ? () => {
                savePicture(history, address.measure, formats).catch(reportError);
              }
            : null
        }
      />
    </>
  );
}

/** The portfolio page's content: the headline, the line, how it is known and what is missing. */
export function PortfolioView({
  initial,
  locale,
  isBenchmarkOffered,
  areAmountsHidden = false,
  corrections = [],
  matches = [],
  decideMatch = null,
  notes = [],
  saveNote = null,
  connectionsHref = null,
}: {
  /** The document that the address asks for, read on the server. */
  readonly initial: LoadedHistory;
  /** The viewer's language tag, as the server chose it. */
  readonly locale: string;
  /** Whether there is an index to compare with. */
  readonly isBenchmarkOffered: boolean;
  /** Whether the reader chose not to see amounts. */
  readonly areAmountsHidden?: boolean;
  /** The latest corrections of the user's published days, newest first. */
  readonly corrections?: readonly Correction[];
  /** Which accounts may be one, for their owner to answer, and where the answer goes. */
  readonly matches?: readonly AccountMatch[];
  readonly decideMatch?: ((form: FormData) => Promise<void>) | null;
  /** The reader's own notes, newest day first, and where another one goes. */
  readonly notes?: readonly DayNote[];
  readonly saveNote?: SaveNote | null;
  /** Where accounts are linked and reconnected, when there is such a page. */
  readonly connectionsHref?: string | null;
}) {
  const amounts = useHiddenAmounts(areAmountsHidden);
  const [reading] = useState(createReadingStore);
  const [lastPeriod, setLastPeriod] = useState<Period>(DEFAULT_PERIOD);
  const clock = useServerClock(initial.receivedAt);
  const [address, changeAddress] = usePortfolioAddress({
    accountIds: initial.history.accounts.map((account) => account.id),
    isBenchmarkOffered,
  });
  if (typeof address.span === 'string' && address.span !== lastPeriod) setLastPeriod(address.span);
  const search = writeHistorySearch(address);
  const loaded = usePortfolioHistory(initial, search, clock.now);
  const { history, isAnswer, error } = loaded;
  const searchOf = (changes: Partial<PortfolioAddress>) => writeHistorySearch({ ...address, ...changes });
  return (
    <FormatsProvider locale={locale} currency={history.currency} areAmountsHidden={amounts.areHidden}>
      <div className="flex flex-col gap-4">
        {decideMatch !== null && connectionsHref !== null && (
          <MatchNotice matches={matches} action={decideMatch} connectionsHref={connectionsHref} />
        )}
        <PageNotices loaded={loaded} connectionsHref={connectionsHref} />
        {isNothingLinked(history) ? (
          <EmptyPortfolio connectionsHref={connectionsHref} />
        ) : history.points.length === 0 && findFirstFills(history).length > 0 ? (
          <FirstFill history={history} />
        ) : (
          <>
            <PortfolioHeadline
              history={history}
              measure={address.measure}
              clock={clock}
              reading={reading}
              aside={<HideAmountsSwitch areHidden={amounts.areHidden} onToggle={amounts.toggle} />}
            />
            <ChartPanel
              history={history}
              state={isAnswer ? 'shown' : error === undefined ? 'arriving' : 'failed'}
              period={typeof address.span === 'string' ? address.span : null}
              hrefOf={(span) => `?${writeAddress({ ...address, span })}`}
              onPeriodChange={(span) => changeAddress({ span })}
              onPeriodNear={(span) => loaded.prefetch(searchOf({ span }))}
              measure={address.measure}
              onMeasureChange={(measure) => changeAddress({ measure })}
              view={address.view}
              onViewChange={(view) => changeAddress({ view })}
              onRangeSelect={(from, to) => changeAddress({ span: { from, to } })}
              isBenchmarkOffered={isBenchmarkOffered}
              isBenchmarkShown={address.isBenchmarkShown}
              notes={notes}
              reading={reading}
              onBenchmarkChange={(isBenchmarkShown) => changeAddress({ isBenchmarkShown })}
              controls={
                <PortfolioControls
                  history={history}
                  address={address}
                  search={search}
                  onChange={changeAddress}
                  resetsTo={lastPeriod}
                  onReset={() => changeAddress({ span: lastPeriod })}
                />
              }
            />
            {history.dataNotice !== null && <DataNotice text={history.dataNotice} />}
            {isAnswer && <SummaryFigures history={history} />}
            {isAnswer && <PeriodComparison history={history} accounts={address.accounts} />}
            {isAnswer && <CalendarYears points={history.points} />}
            {isAnswer && <AccountValues history={history} search={search} />}
            <p className="text-sm">
              <Link
                href="/data-quality"
                className="inline-block py-1 text-accent underline-offset-4 hover:underline"
              >
                How reliable is this chart?
              </Link>
            </p>
            {isAnswer && <GapList gaps={history.gaps} />}
            {saveNote !== null && <DayNotes notes={notes} newestDay={history.to} save={saveNote} />}
            <CorrectionList corrections={corrections} />
          </>
        )}
      </div>
    </FormatsProvider>
  );
}

function isNothingLinked(history: HistoryDocument): boolean {
  return history.points.length === 0 && history.connections.length === 0;
}
