/* Writes the rows of the trading days from the calendar in lib/domain: npm run db:trading-days (then npm run db:baseline) */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMAS_DIR } from '@/lib/local/migrations';
import { renderTradingDays, TRADING_DAYS_FILE } from './trading-days';

writeFileSync(join(SCHEMAS_DIR, TRADING_DAYS_FILE), renderTradingDays());
