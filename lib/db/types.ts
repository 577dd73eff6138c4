/*
 * Written by `npm run db:types` from the migrations, as `supabase gen types typescript` would write it.
 * A numeric column appears as `number` here, but amounts never pass as JSON numbers, which are not exact: functions
 * hand them over as text, and no amount is selected from a table through the API.
 */
export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      account_line_changes: {
        Row: {
          account_id: string
          changed_at: string
          from_line: string
          id: number
          reason: string
          to_line: string
          user_id: string
        }
        Insert: {
          account_id: string
          changed_at: string
          from_line: string
          id?: never
          reason: string
          to_line: string
          user_id: string
        }
        Update: {
          account_id?: string
          changed_at?: string
          from_line?: string
          id?: never
          reason?: string
          to_line?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "account_line_changes_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_line_changes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      account_match_proposals: {
        Row: {
          account_id: string
          candidate_id: string
          created_at: string
          decided_at: string | null
          id: string
          status: string
          user_id: string
        }
        Insert: {
          account_id: string
          candidate_id: string
          created_at: string
          decided_at?: string | null
          id?: string
          status?: string
          user_id: string
        }
        Update: {
          account_id?: string
          candidate_id?: string
          created_at?: string
          decided_at?: string | null
          id?: string
          status?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "account_match_proposals_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_match_proposals_candidate_id_fkey"
            columns: ["candidate_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_match_proposals_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      account_sightings: {
        Row: {
          account_id: string
          category: string | null
          currency: string | null
          id: number
          is_listed: boolean
          is_open: boolean | null
          is_paper: boolean | null
          seen_at: string[]
          user_id: string
        }
        Insert: {
          account_id: string
          category?: string | null
          currency?: string | null
          id?: never
          is_listed: boolean
          is_open?: boolean | null
          is_paper?: boolean | null
          seen_at: string[]
          user_id: string
        }
        Update: {
          account_id?: string
          category?: string | null
          currency?: string | null
          id?: never
          is_listed?: boolean
          is_open?: boolean | null
          is_paper?: boolean | null
          seen_at?: string[]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "account_sightings_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_sightings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      account_values: {
        Row: {
          account_id: string
          as_of: string
          cash: number | null
          cost_basis: number | null
          currency: string | null
          id: number
          kind: string
          observed_at: string
          reason: string | null
          run_id: string | null
          settled_by: number | null
          source: string
          superseded_by: number | null
          total_value: number | null
          user_id: string
          value_date: string
          verdict: string
        }
        Insert: {
          account_id: string
          as_of: string
          cash?: number | null
          cost_basis?: number | null
          currency?: string | null
          id?: number
          kind: string
          observed_at: string
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          source: string
          superseded_by?: number | null
          total_value?: number | null
          user_id: string
          value_date: string
          verdict: string
        }
        Update: {
          account_id?: string
          as_of?: string
          cash?: number | null
          cost_basis?: number | null
          currency?: string | null
          id?: number
          kind?: string
          observed_at?: string
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          source?: string
          superseded_by?: number | null
          total_value?: number | null
          user_id?: string
          value_date?: string
          verdict?: string
        }
        Relationships: [
          {
            foreignKeyName: "account_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      accounts: {
        Row: {
          asset_since: string | null
          begun_on: string | null
          category: string | null
          closed_on: string | null
          connection_id: string
          created_at: string
          currency: string | null
          end_reason: string | null
          evidence_version: number
          exists_since: string | null
          external_id: string
          first_known_on: string
          flows_synced_at: string | null
          history_asked_at: string | null
          history_refused_at: string | null
          holdings_asked_at: string | null
          id: string
          institution_account_id: string | null
          is_counted: boolean
          is_manual: boolean
          is_paper: boolean
          line_id: string
          movements_collected: boolean | null
          name: string
          removal_announced_at: string | null
          stated_since: string | null
          user_id: string
          was_counted: boolean
        }
        Insert: {
          asset_since?: string | null
          begun_on?: string | null
          category?: string | null
          closed_on?: string | null
          connection_id: string
          created_at?: string
          currency?: string | null
          end_reason?: string | null
          evidence_version?: number
          exists_since?: string | null
          external_id: string
          first_known_on: string
          flows_synced_at?: string | null
          history_asked_at?: string | null
          history_refused_at?: string | null
          holdings_asked_at?: string | null
          id?: string
          institution_account_id?: string | null
          is_counted?: never
          is_manual?: never
          is_paper?: boolean
          line_id?: string
          movements_collected?: boolean | null
          name: string
          removal_announced_at?: string | null
          stated_since?: string | null
          user_id: string
          was_counted?: boolean
        }
        Update: {
          asset_since?: string | null
          begun_on?: string | null
          category?: string | null
          closed_on?: string | null
          connection_id?: string
          created_at?: string
          currency?: string | null
          end_reason?: string | null
          evidence_version?: number
          exists_since?: string | null
          external_id?: string
          first_known_on?: string
          flows_synced_at?: string | null
          history_asked_at?: string | null
          history_refused_at?: string | null
          holdings_asked_at?: string | null
          id?: string
          institution_account_id?: string | null
          is_counted?: never
          is_manual?: never
          is_paper?: boolean
          line_id?: string
          movements_collected?: boolean | null
          name?: string
          removal_announced_at?: string | null
          stated_since?: string | null
          user_id?: string
          was_counted?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "accounts_connection_id_fkey"
            columns: ["connection_id"]
            isOneToOne: false
            referencedRelation: "brokerage_connections"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "accounts_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      alert_deliveries: {
        Row: {
          alert_id: number
          attempts: number
          delivered_at: string | null
          lease_expires_at: string | null
          next_attempt_at: string
          pending_since: string
          state: string
        }
        Insert: {
          alert_id: number
          attempts?: number
          delivered_at?: string | null
          lease_expires_at?: string | null
          next_attempt_at: string
          pending_since: string
          state: string
        }
        Update: {
          alert_id?: number
          attempts?: number
          delivered_at?: string | null
          lease_expires_at?: string | null
          next_attempt_at?: string
          pending_since?: string
          state?: string
        }
        Relationships: [
          {
            foreignKeyName: "alert_deliveries_alert_id_fkey"
            columns: ["alert_id"]
            isOneToOne: false
            referencedRelation: "alerts"
            referencedColumns: ["id"]
          },
        ]
      }
      alerts: {
        Row: {
          facts: NonNullable<Json>
          id: number
          incident_key: string
          kind: string
          last_seen_at: string
          opened_at: string
          quiet_seconds: number
          resolved_at: string | null
          state: string
        }
        Insert: {
          facts: NonNullable<Json>
          id?: never
          incident_key: string
          kind: string
          last_seen_at: string
          opened_at: string
          quiet_seconds?: number
          resolved_at?: string | null
          state?: string
        }
        Update: {
          facts?: NonNullable<Json>
          id?: never
          incident_key?: string
          kind?: string
          last_seen_at?: string
          opened_at?: string
          quiet_seconds?: number
          resolved_at?: string | null
          state?: string
        }
        Relationships: []
      }
      audit_log: {
        Row: {
          action: string
          actor_id: string
          at: string
          details: Json | null
          id: number
          reason: string | null
          target: string
        }
        Insert: {
          action: string
          actor_id: string
          at: string
          details?: Json | null
          id?: never
          reason?: string | null
          target: string
        }
        Update: {
          action?: string
          actor_id?: string
          at?: string
          details?: Json | null
          id?: never
          reason?: string | null
          target?: string
        }
        Relationships: []
      }
      backfill_accounts: {
        Row: {
          account_id: string
          asked_at: string | null
          connection_id: string
          days: string[]
          request_id: string
          tried_by: string | null
          user_id: string
        }
        Insert: {
          account_id: string
          asked_at?: string | null
          connection_id: string
          days: string[]
          request_id: string
          tried_by?: string | null
          user_id: string
        }
        Update: {
          account_id?: string
          asked_at?: string | null
          connection_id?: string
          days?: string[]
          request_id?: string
          tried_by?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "backfill_accounts_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "backfill_accounts_connection_id_fkey"
            columns: ["connection_id"]
            isOneToOne: false
            referencedRelation: "brokerage_connections"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "backfill_accounts_request_id_fkey"
            columns: ["request_id"]
            isOneToOne: false
            referencedRelation: "backfill_requests"
            referencedColumns: ["id"]
          },
        ]
      }
      backfill_requests: {
        Row: {
          beyond_reach_days: number
          counts: Json | null
          finished_at: string | null
          from_date: string
          id: string
          institution: string | null
          opened_at: string
          present_days: number | null
          provider: string | null
          reach_date: string
          reason: string | null
          reopened_days: number
          requested_by: string
          status: string
          to_date: string
          user_id: string | null
        }
        Insert: {
          beyond_reach_days?: number
          counts?: Json | null
          finished_at?: string | null
          from_date: string
          id?: string
          institution?: string | null
          opened_at: string
          present_days?: number | null
          provider?: string | null
          reach_date: string
          reason?: string | null
          reopened_days?: number
          requested_by: string
          status?: string
          to_date: string
          user_id?: string | null
        }
        Update: {
          beyond_reach_days?: number
          counts?: Json | null
          finished_at?: string | null
          from_date?: string
          id?: string
          institution?: string | null
          opened_at?: string
          present_days?: number | null
          provider?: string | null
          reach_date?: string
          reason?: string | null
          reopened_days?: number
          requested_by?: string
          status?: string
          to_date?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "backfill_requests_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      benchmark_prices: {
        Row: {
          benchmark: string
          close: number
          price_date: string
          source: string
        }
        Insert: {
          benchmark: string
          close: number
          price_date: string
          source: string
        }
        Update: {
          benchmark?: string
          close?: number
          price_date?: string
          source?: string
        }
        Relationships: []
      }
      brokerage_connections: {
        Row: {
          attempts: number
          created_at: string
          data_freshness: string | null
          disabled_since: string | null
          due_at: string | null
          event_at: string | null
          external_id: string
          freshness_checked_at: string | null
          history_capability: string | null
          id: string
          institution: string
          last_error_code: string | null
          last_success_at: string | null
          lease_expires_at: string | null
          lease_owner: string | null
          live_asked_at: string | null
          pre_open_recheck_for: string | null
          provider: string
          recheck: boolean
          refresh_requested_for: string | null
          rest_asked_at: string | null
          retry_at: string | null
          status: string
          totals_asked_at: string | null
          totals_due: boolean
          totals_reads: number
          totals_reads_since: string | null
          user_id: string
        }
        Insert: {
          attempts?: number
          created_at?: string
          data_freshness?: string | null
          disabled_since?: string | null
          due_at?: string | null
          event_at?: string | null
          external_id: string
          freshness_checked_at?: string | null
          history_capability?: string | null
          id?: string
          institution: string
          last_error_code?: string | null
          last_success_at?: string | null
          lease_expires_at?: string | null
          lease_owner?: string | null
          live_asked_at?: string | null
          pre_open_recheck_for?: string | null
          provider: string
          recheck?: boolean
          refresh_requested_for?: string | null
          rest_asked_at?: string | null
          retry_at?: string | null
          status?: string
          totals_asked_at?: string | null
          totals_due?: boolean
          totals_reads?: number
          totals_reads_since?: string | null
          user_id: string
        }
        Update: {
          attempts?: number
          created_at?: string
          data_freshness?: string | null
          disabled_since?: string | null
          due_at?: string | null
          event_at?: string | null
          external_id?: string
          freshness_checked_at?: string | null
          history_capability?: string | null
          id?: string
          institution?: string
          last_error_code?: string | null
          last_success_at?: string | null
          lease_expires_at?: string | null
          lease_owner?: string | null
          live_asked_at?: string | null
          pre_open_recheck_for?: string | null
          provider?: string
          recheck?: boolean
          refresh_requested_for?: string | null
          rest_asked_at?: string | null
          retry_at?: string | null
          status?: string
          totals_asked_at?: string | null
          totals_due?: boolean
          totals_reads?: number
          totals_reads_since?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "brokerage_connections_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      calendar_checks: {
        Row: {
          checked_on: string
          differences: NonNullable<Json>
          source: string
        }
        Insert: {
          checked_on: string
          differences?: NonNullable<Json>
          source: string
        }
        Update: {
          checked_on?: string
          differences?: NonNullable<Json>
          source?: string
        }
        Relationships: []
      }
      cash_flows: {
        Row: {
          account_id: string
          amount: number | null
          currency: string | null
          description: string | null
          effective_date: string
          flow_date: string
          flow_key: string
          id: number
          is_external: boolean
          is_unknown: boolean
          is_withdrawn: boolean
          observed_at: string
          type: string
          user_id: string
        }
        Insert: {
          account_id: string
          amount?: number | null
          currency?: string | null
          description?: string | null
          effective_date: string
          flow_date: string
          flow_key: string
          id?: never
          is_external?: never
          is_unknown?: boolean
          is_withdrawn?: boolean
          observed_at: string
          type: string
          user_id: string
        }
        Update: {
          account_id?: string
          amount?: number | null
          currency?: string | null
          description?: string | null
          effective_date?: string
          flow_date?: string
          flow_key?: string
          id?: never
          is_external?: never
          is_unknown?: boolean
          is_withdrawn?: boolean
          observed_at?: string
          type?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "cash_flows_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "cash_flows_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      connection_credentials: {
        Row: {
          ciphertext: string
          connection_id: string
          updated_at: string
        }
        Insert: {
          ciphertext: string
          connection_id: string
          updated_at?: string
        }
        Update: {
          ciphertext?: string
          connection_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "connection_credentials_connection_id_fkey"
            columns: ["connection_id"]
            isOneToOne: true
            referencedRelation: "brokerage_connections"
            referencedColumns: ["id"]
          },
        ]
      }
      connection_removals: {
        Row: {
          ciphertext: string
          external_id: string
          provider: string
          requested_at: string
          retry_at: string
        }
        Insert: {
          ciphertext: string
          external_id: string
          provider: string
          requested_at: string
          retry_at: string
        }
        Update: {
          ciphertext?: string
          external_id?: string
          provider?: string
          requested_at?: string
          retry_at?: string
        }
        Relationships: []
      }
      coverage_years: {
        Row: {
          days: string
          user_id: string
          year: number
        }
        Insert: {
          days: string
          user_id: string
          year: number
        }
        Update: {
          days?: string
          user_id?: string
          year?: number
        }
        Relationships: [
          {
            foreignKeyName: "coverage_years_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      day_notes: {
        Row: {
          body: string
          updated_at: string
          user_id: string
          value_date: string
        }
        Insert: {
          body: string
          updated_at: string
          user_id: string
          value_date: string
        }
        Update: {
          body?: string
          updated_at?: string
          user_id?: string
          value_date?: string
        }
        Relationships: [
          {
            foreignKeyName: "day_notes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      decisions: {
        Row: {
          about: string
          account_id: string
          actor_id: string
          amount: number | null
          at: string
          category: string | null
          ended_on: string | null
          id: number
          kind: string | null
          reading_id: number | null
          reason: string
          row_id: number | null
          user_id: string
          verdict: string | null
        }
        Insert: {
          about?: string
          account_id: string
          actor_id: string
          amount?: number | null
          at: string
          category?: string | null
          ended_on?: string | null
          id?: never
          kind?: string | null
          reading_id?: number | null
          reason: string
          row_id?: number | null
          user_id: string
          verdict?: string | null
        }
        Update: {
          about?: string
          account_id?: string
          actor_id?: string
          amount?: number | null
          at?: string
          category?: string | null
          ended_on?: string | null
          id?: never
          kind?: string | null
          reading_id?: number | null
          reason?: string
          row_id?: number | null
          user_id?: string
          verdict?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "decisions_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "decisions_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "decisions_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "decisions_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "decisions_row_id_fkey"
            columns: ["row_id"]
            isOneToOne: false
            referencedRelation: "movement_rows"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "decisions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      estimate_drawings: {
        Row: {
          drawn_at: string
          evidence_version: string
          line_id: string
          user_id: string
        }
        Insert: {
          drawn_at: string
          evidence_version: string
          line_id: string
          user_id: string
        }
        Update: {
          drawn_at?: string
          evidence_version?: string
          line_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "estimate_drawings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      estimated_values: {
        Row: {
          account_id: string
          as_of: string
          basis: string
          carried: string[]
          currency: string
          id: number
          made_at: string
          total_value: number
          user_id: string
          value_date: string
          voided_at: string | null
        }
        Insert: {
          account_id: string
          as_of: string
          basis: string
          carried?: string[]
          currency: string
          id?: never
          made_at: string
          total_value: number
          user_id: string
          value_date: string
          voided_at?: string | null
        }
        Update: {
          account_id?: string
          as_of?: string
          basis?: string
          carried?: string[]
          currency?: string
          id?: never
          made_at?: string
          total_value?: number
          user_id?: string
          value_date?: string
          voided_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "estimated_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "estimated_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      exchange_rate_readings: {
        Row: {
          base_currency: string
          quote_currency: string
          read_at: string
          read_since: string
          read_through: string
          source: string
        }
        Insert: {
          base_currency: string
          quote_currency: string
          read_at: string
          read_since: string
          read_through: string
          source: string
        }
        Update: {
          base_currency?: string
          quote_currency?: string
          read_at?: string
          read_since?: string
          read_through?: string
          source?: string
        }
        Relationships: []
      }
      exchange_rates: {
        Row: {
          base_currency: string
          quote_currency: string
          rate: number
          rate_date: string
          source: string
        }
        Insert: {
          base_currency: string
          quote_currency: string
          rate: number
          rate_date: string
          source: string
        }
        Update: {
          base_currency?: string
          quote_currency?: string
          rate?: number
          rate_date?: string
          source?: string
        }
        Relationships: []
      }
      fill_outcomes: {
        Row: {
          account_id: string
          attempts: number
          detail: string | null
          final: boolean
          last_attempt_at: string
          next_attempt_at: string | null
          reason: string
          user_id: string
          value_date: string
        }
        Insert: {
          account_id: string
          attempts?: number
          detail?: string | null
          final?: boolean
          last_attempt_at: string
          next_attempt_at?: string | null
          reason: string
          user_id: string
          value_date: string
        }
        Update: {
          account_id?: string
          attempts?: number
          detail?: string | null
          final?: boolean
          last_attempt_at?: string
          next_attempt_at?: string | null
          reason?: string
          user_id?: string
          value_date?: string
        }
        Relationships: [
          {
            foreignKeyName: "fill_outcomes_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "fill_outcomes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      granted_requests: {
        Row: {
          granted_in: string
          provider: string
          requests: number
          share: string
        }
        Insert: {
          granted_in: string
          provider: string
          requests: number
          share?: string
        }
        Update: {
          granted_in?: string
          provider?: string
          requests?: number
          share?: string
        }
        Relationships: [
          {
            foreignKeyName: "granted_requests_provider_fkey"
            columns: ["provider"]
            isOneToOne: false
            referencedRelation: "request_budgets"
            referencedColumns: ["provider"]
          },
        ]
      }
      holdings_readings: {
        Row: {
          account_id: string
          as_of: string
          cash: number
          currency: string
          id: number
          positions: NonNullable<Json>
          read_at: string
          source: string
          user_id: string
          value_date: string
        }
        Insert: {
          account_id: string
          as_of: string
          cash: number
          currency: string
          id?: never
          positions: NonNullable<Json>
          read_at: string
          source: string
          user_id: string
          value_date: string
        }
        Update: {
          account_id?: string
          as_of?: string
          cash?: number
          currency?: string
          id?: never
          positions?: NonNullable<Json>
          read_at?: string
          source?: string
          user_id?: string
          value_date?: string
        }
        Relationships: [
          {
            foreignKeyName: "holdings_readings_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "holdings_readings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      inbox_events: {
        Row: {
          action: string
          actor_id: string
          at: string
          id: number
          item: string
          until: string | null
        }
        Insert: {
          action: string
          actor_id: string
          at: string
          id?: never
          item: string
          until?: string | null
        }
        Update: {
          action?: string
          actor_id?: string
          at?: string
          id?: never
          item?: string
          until?: string | null
        }
        Relationships: []
      }
      intraday_values: {
        Row: {
          at: string
          currency: string
          quarter_at: string
          total_value: number
          user_id: string
        }
        Insert: {
          at: string
          currency: string
          quarter_at: string
          total_value: number
          user_id: string
        }
        Update: {
          at?: string
          currency?: string
          quarter_at?: string
          total_value?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "intraday_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      link_sessions: {
        Row: {
          ciphertext: string
          connection_id: string | null
          created_at: string
          expires_at: string
          id: string
          leased_until: string | null
          provider: string
          user_id: string
        }
        Insert: {
          ciphertext: string
          connection_id?: string | null
          created_at: string
          expires_at: string
          id?: string
          leased_until?: string | null
          provider: string
          user_id: string
        }
        Update: {
          ciphertext?: string
          connection_id?: string | null
          created_at?: string
          expires_at?: string
          id?: string
          leased_until?: string | null
          provider?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "link_sessions_connection_id_fkey"
            columns: ["connection_id"]
            isOneToOne: false
            referencedRelation: "brokerage_connections"
            referencedColumns: ["id"]
          },
        ]
      }
      live_values: {
        Row: {
          account_id: string
          as_of: string
          currency: string
          observed_at: string
          source: string
          total_value: number
          user_id: string
        }
        Insert: {
          account_id: string
          as_of: string
          currency: string
          observed_at: string
          source: string
          total_value: number
          user_id: string
        }
        Update: {
          account_id?: string
          as_of?: string
          currency?: string
          observed_at?: string
          source?: string
          total_value?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "live_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: true
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "live_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      market_closes: {
        Row: {
          close: number
          price_date: string
          source: string
          symbol: string
        }
        Insert: {
          close: number
          price_date: string
          source: string
          symbol: string
        }
        Update: {
          close?: number
          price_date?: string
          source?: string
          symbol?: string
        }
        Relationships: []
      }
      market_price_readings: {
        Row: {
          read_at: string
          read_from: string
          read_through: string
          symbol: string
        }
        Insert: {
          read_at: string
          read_from: string
          read_through: string
          symbol: string
        }
        Update: {
          read_at?: string
          read_from?: string
          read_through?: string
          symbol?: string
        }
        Relationships: []
      }
      market_splits: {
        Row: {
          ratio: number
          source: string
          split_date: string
          symbol: string
        }
        Insert: {
          ratio: number
          source: string
          split_date: string
          symbol: string
        }
        Update: {
          ratio?: number
          source?: string
          split_date?: string
          symbol?: string
        }
        Relationships: []
      }
      movement_rows: {
        Row: {
          account_id: string
          amount: number | null
          booked_on: string
          cash: number | null
          currency: string | null
          description: string | null
          id: number
          kind: string
          nth: number
          reference: string | null
          symbol: string | null
          units: number | null
          user_id: string
          vendor_type: string
        }
        Insert: {
          account_id: string
          amount?: number | null
          booked_on: string
          cash?: number | null
          currency?: string | null
          description?: string | null
          id?: never
          kind: string
          nth: number
          reference?: string | null
          symbol?: string | null
          units?: number | null
          user_id: string
          vendor_type: string
        }
        Update: {
          account_id?: string
          amount?: number | null
          booked_on?: string
          cash?: number | null
          currency?: string | null
          description?: string | null
          id?: never
          kind?: string
          nth?: number
          reference?: string | null
          symbol?: string | null
          units?: number | null
          user_id?: string
          vendor_type?: string
        }
        Relationships: [
          {
            foreignKeyName: "movement_rows_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "movement_rows_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      movement_statements: {
        Row: {
          account_id: string
          first_read_at: string
          id: number
          is_complete: boolean
          range_from: string
          range_to: string
          read_at: string
          row_ids: number[]
          user_id: string
        }
        Insert: {
          account_id: string
          first_read_at: string
          id?: never
          is_complete: boolean
          range_from: string
          range_to: string
          read_at: string
          row_ids: number[]
          user_id: string
        }
        Update: {
          account_id?: string
          first_read_at?: string
          id?: never
          is_complete?: boolean
          range_from?: string
          range_to?: string
          read_at?: string
          row_ids?: number[]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "movement_statements_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "movement_statements_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      portfolios: {
        Row: {
          created_at: string
          currency: string
          data_notice: string | null
          estimates_by_operator: boolean
          estimates_since: string | null
          user_id: string
        }
        Insert: {
          created_at?: string
          currency?: string
          data_notice?: string | null
          estimates_by_operator?: boolean
          estimates_since?: string | null
          user_id: string
        }
        Update: {
          created_at?: string
          currency?: string
          data_notice?: string | null
          estimates_by_operator?: boolean
          estimates_since?: string | null
          user_id?: string
        }
        Relationships: []
      }
      provider_registrations: {
        Row: {
          attempts: number
          created_at: string
          external_id: string
          leased_until: string
          provider: string
          state: string
          user_id: string | null
        }
        Insert: {
          attempts?: number
          created_at: string
          external_id: string
          leased_until: string
          provider: string
          state: string
          user_id?: string | null
        }
        Update: {
          attempts?: number
          created_at?: string
          external_id?: string
          leased_until?: string
          provider?: string
          state?: string
          user_id?: string | null
        }
        Relationships: []
      }
      provider_users: {
        Row: {
          ciphertext: string
          created_at: string
          portal_opened_at: string | null
          provider: string
          user_id: string
        }
        Insert: {
          ciphertext: string
          created_at?: string
          portal_opened_at?: string | null
          provider: string
          user_id: string
        }
        Update: {
          ciphertext?: string
          created_at?: string
          portal_opened_at?: string | null
          provider?: string
          user_id?: string
        }
        Relationships: []
      }
      question_backoffs: {
        Row: {
          account_id: string
          asked_at: string
          attempts: number
          question: string
          reason: string
          retry_at: string
          user_id: string
        }
        Insert: {
          account_id: string
          asked_at: string
          attempts: number
          question: string
          reason: string
          retry_at: string
          user_id: string
        }
        Update: {
          account_id?: string
          asked_at?: string
          attempts?: number
          question?: string
          reason?: string
          retry_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "question_backoffs_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "question_backoffs_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      rate_limits: {
        Row: {
          drained_at: string
          operation: string
          subject: string
        }
        Insert: {
          drained_at: string
          operation: string
          subject: string
        }
        Update: {
          drained_at?: string
          operation?: string
          subject?: string
        }
        Relationships: []
      }
      request_budgets: {
        Row: {
          paused_until: string | null
          provider: string
        }
        Insert: {
          paused_until?: string | null
          provider: string
        }
        Update: {
          paused_until?: string | null
          provider?: string
        }
        Relationships: []
      }
      request_demands: {
        Row: {
          asked_at: string
          provider: string
          share: string
        }
        Insert: {
          asked_at: string
          provider: string
          share: string
        }
        Update: {
          asked_at?: string
          provider?: string
          share?: string
        }
        Relationships: [
          {
            foreignKeyName: "request_demands_provider_fkey"
            columns: ["provider"]
            isOneToOne: false
            referencedRelation: "request_budgets"
            referencedColumns: ["provider"]
          },
        ]
      }
      runs: {
        Row: {
          alive_at: string
          backfill_id: string | null
          calls: number
          counts: NonNullable<Json>
          finished_at: string | null
          found_nothing: boolean
          id: string
          reasons: NonNullable<Json>
          request_id: string | null
          requested_by: string | null
          severity: number
          started_at: string
          status: string
          trading_day: string
          trigger: string
        }
        Insert: {
          alive_at: string
          backfill_id?: string | null
          calls?: number
          counts?: NonNullable<Json>
          finished_at?: string | null
          found_nothing?: boolean
          id: string
          reasons?: NonNullable<Json>
          request_id?: string | null
          requested_by?: string | null
          severity?: never
          started_at: string
          status?: string
          trading_day: string
          trigger: string
        }
        Update: {
          alive_at?: string
          backfill_id?: string | null
          calls?: number
          counts?: NonNullable<Json>
          finished_at?: string | null
          found_nothing?: boolean
          id?: string
          reasons?: NonNullable<Json>
          request_id?: string | null
          requested_by?: string | null
          severity?: never
          started_at?: string
          status?: string
          trading_day?: string
          trigger?: string
        }
        Relationships: [
          {
            foreignKeyName: "runs_backfill_id_fkey"
            columns: ["backfill_id"]
            isOneToOne: false
            referencedRelation: "backfill_requests"
            referencedColumns: ["id"]
          },
        ]
      }
      snapshot_corrections: {
        Row: {
          changed_at: string
          id: number
          new_kind: string | null
          new_value: number | null
          old_kind: string
          old_value: number
          reason: string
          user_id: string
          value_date: string
        }
        Insert: {
          changed_at: string
          id?: never
          new_kind?: string | null
          new_value?: number | null
          old_kind: string
          old_value: number
          reason: string
          user_id: string
          value_date: string
        }
        Update: {
          changed_at?: string
          id?: never
          new_kind?: string | null
          new_value?: number | null
          old_kind?: string
          old_value?: number
          reason?: string
          user_id?: string
          value_date?: string
        }
        Relationships: [
          {
            foreignKeyName: "snapshot_corrections_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      statement_imports: {
        Row: {
          id: string
          imported_at: string
          is_official: boolean
          name: string
          undone_at: string | null
          user_id: string
        }
        Insert: {
          id: string
          imported_at: string
          is_official: boolean
          name: string
          undone_at?: string | null
          user_id: string
        }
        Update: {
          id?: string
          imported_at?: string
          is_official?: boolean
          name?: string
          undone_at?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "statement_imports_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      statement_values: {
        Row: {
          account_id: string
          as_of: string
          currency: string
          id: number
          import_id: string | null
          is_official: boolean
          total_value: number
          user_id: string
          value_date: string
          voided_at: string | null
        }
        Insert: {
          account_id: string
          as_of: string
          currency: string
          id?: never
          import_id?: string | null
          is_official: boolean
          total_value: number
          user_id: string
          value_date: string
          voided_at?: string | null
        }
        Update: {
          account_id?: string
          as_of?: string
          currency?: string
          id?: never
          import_id?: string | null
          is_official?: boolean
          total_value?: number
          user_id?: string
          value_date?: string
          voided_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "statement_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "statement_values_import_id_fkey"
            columns: ["import_id"]
            isOneToOne: false
            referencedRelation: "statement_imports"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "statement_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      trading_days: {
        Row: {
          closes_at: string
          date: string
          early_close: boolean
          opens_at: string
        }
        Insert: {
          closes_at: string
          date: string
          early_close?: boolean
          opens_at: string
        }
        Update: {
          closes_at?: string
          date?: string
          early_close?: boolean
          opens_at?: string
        }
        Relationships: []
      }
      unknown_spans: {
        Row: {
          account_id: string
          from_date: string
          movement_keys: string[]
          to_date: string
          user_id: string
        }
        Insert: {
          account_id: string
          from_date: string
          movement_keys: string[]
          to_date: string
          user_id: string
        }
        Update: {
          account_id?: string
          from_date?: string
          movement_keys?: string[]
          to_date?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "unknown_spans_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "unknown_spans_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      unsubscriptions: {
        Row: {
          since: string
          topic: string
          user_id: string
        }
        Insert: {
          since: string
          topic: string
          user_id: string
        }
        Update: {
          since?: string
          topic?: string
          user_id?: string
        }
        Relationships: []
      }
      user_deletions: {
        Row: {
          deleted: NonNullable<Json>
          deleted_at: string
          id: string
        }
        Insert: {
          deleted: NonNullable<Json>
          deleted_at: string
          id?: string
        }
        Update: {
          deleted?: NonNullable<Json>
          deleted_at?: string
          id?: string
        }
        Relationships: []
      }
      user_messages: {
        Row: {
          attempts: number
          id: number
          kind: string
          lease_expires_at: string | null
          next_attempt_at: string
          notice_id: number
          pending_since: string
          sent_at: string | null
          user_id: string
          withdrawn_at: string | null
        }
        Insert: {
          attempts?: number
          id?: never
          kind: string
          lease_expires_at?: string | null
          next_attempt_at: string
          notice_id: number
          pending_since: string
          sent_at?: string | null
          user_id: string
          withdrawn_at?: string | null
        }
        Update: {
          attempts?: number
          id?: never
          kind?: string
          lease_expires_at?: string | null
          next_attempt_at?: string
          notice_id?: number
          pending_since?: string
          sent_at?: string | null
          user_id?: string
          withdrawn_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "user_messages_notice_id_fkey"
            columns: ["notice_id"]
            isOneToOne: false
            referencedRelation: "user_notices"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "user_messages_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      user_notices: {
        Row: {
          began_at: string
          ended_at: string | null
          facts: NonNullable<Json>
          id: number
          kind: string
          subject: string
          user_id: string
        }
        Insert: {
          began_at: string
          ended_at?: string | null
          facts: NonNullable<Json>
          id?: never
          kind: string
          subject: string
          user_id: string
        }
        Update: {
          began_at?: string
          ended_at?: string | null
          facts?: NonNullable<Json>
          id?: never
          kind?: string
          subject?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_notices_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      user_portfolio_history: {
        Row: {
          accounts_expected: number
          accounts_present: number
          as_of: string
          carried: NonNullable<Json>
          created_at: string
          currency: string
          data_source: string
          has_carried: boolean
          has_left_out: boolean
          id: string
          is_current: boolean
          left_out: NonNullable<Json>
          snapshot_type: string
          total_cost_basis: number | null
          total_gain_loss: number | null
          total_gain_loss_percent: number | null
          total_value: number
          updated_at: string
          user_id: string
          value_date: string
        }
        Insert: {
          accounts_expected: number
          accounts_present: number
          as_of: string
          carried?: NonNullable<Json>
          created_at: string
          currency: string
          data_source: string
          has_carried?: never
          has_left_out?: never
          id?: string
          is_current?: boolean
          left_out?: NonNullable<Json>
          snapshot_type: string
          total_cost_basis?: number | null
          total_gain_loss?: number | null
          total_gain_loss_percent?: number | null
          total_value: number
          updated_at: string
          user_id: string
          value_date: string
        }
        Update: {
          accounts_expected?: number
          accounts_present?: number
          as_of?: string
          carried?: NonNullable<Json>
          created_at?: string
          currency?: string
          data_source?: string
          has_carried?: never
          has_left_out?: never
          id?: string
          is_current?: boolean
          left_out?: NonNullable<Json>
          snapshot_type?: string
          total_cost_basis?: number | null
          total_gain_loss?: number | null
          total_gain_loss_percent?: number | null
          total_value?: number
          updated_at?: string
          user_id?: string
          value_date?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_portfolio_history_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      verdict_changes: {
        Row: {
          changed_at: string
          contradicts: number[]
          id: number
          new_verdict: string
          old_verdict: string
          reading_id: number
          reason: string | null
          run_id: string | null
          settled_by: number | null
          user_id: string
        }
        Insert: {
          changed_at: string
          contradicts: number[]
          id?: never
          new_verdict: string
          old_verdict: string
          reading_id: number
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          user_id: string
        }
        Update: {
          changed_at?: string
          contradicts?: number[]
          id?: never
          new_verdict?: string
          old_verdict?: string
          reading_id?: number
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "verdict_changes_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "verdict_changes_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "verdict_changes_reading_id_fkey"
            columns: ["reading_id"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "verdict_changes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      webhook_events: {
        Row: {
          connection_external_id: string
          event_timestamp: string | null
          event_type: string
          id: string
          provider: string
          received_at: string
        }
        Insert: {
          connection_external_id: string
          event_timestamp?: string | null
          event_type: string
          id: string
          provider: string
          received_at: string
        }
        Update: {
          connection_external_id?: string
          event_timestamp?: string | null
          event_type?: string
          id?: string
          provider?: string
          received_at?: string
        }
        Relationships: []
      }
    }
    Views: {
      account_lines: {
        Row: {
          asked_id: string | null
          begun_on: string | null
          closed_on: string | null
          currency: string | null
          down_since: string | null
          exists_since: string | null
          first_known_on: string | null
          flows_synced_at: string | null
          institution: string | null
          is_manual: boolean | null
          line_id: string | null
          linked_after: string | null
          linked_at: string | null
          member_ids: string[] | null
          name: string | null
          stated_since: string | null
          user_id: string | null
        }
        Relationships: [
          {
            foreignKeyName: "accounts_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      broker_closes: {
        Row: {
          close: number | null
          currency: string | null
          price_date: string | null
          source: string | null
          symbol: string | null
          user_id: string | null
        }
        Relationships: [
          {
            foreignKeyName: "holdings_readings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      current_values: {
        Row: {
          account_id: string | null
          as_of: string | null
          cash: number | null
          cost_basis: number | null
          currency: string | null
          id: number | null
          kind: string | null
          kind_rank: number | null
          observed_at: string | null
          reason: string | null
          run_id: string | null
          settled_by: number | null
          source: string | null
          superseded_by: number | null
          total_value: number | null
          user_id: string | null
          value_date: string | null
          verdict: string | null
        }
        Insert: {
          account_id?: string | null
          as_of?: string | null
          cash?: number | null
          cost_basis?: number | null
          currency?: string | null
          id?: number | null
          kind?: string | null
          kind_rank?: never
          observed_at?: string | null
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          source?: string | null
          superseded_by?: number | null
          total_value?: number | null
          user_id?: string | null
          value_date?: string | null
          verdict?: string | null
        }
        Update: {
          account_id?: string | null
          as_of?: string | null
          cash?: number | null
          cost_basis?: number | null
          currency?: string | null
          id?: number | null
          kind?: string | null
          kind_rank?: never
          observed_at?: string | null
          reason?: string | null
          run_id?: string | null
          settled_by?: number | null
          source?: string | null
          superseded_by?: number | null
          total_value?: number | null
          user_id?: string | null
          value_date?: string | null
          verdict?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "account_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      line_values: {
        Row: {
          account_id: string | null
          as_of: string | null
          cash: number | null
          cost_basis: number | null
          currency: string | null
          id: number | null
          is_counted: boolean | null
          kind: string | null
          kind_rank: number | null
          line_id: string | null
          observed_at: string | null
          reason: string | null
          run_id: string | null
          settled_by: number | null
          source: string | null
          superseded_by: number | null
          total_value: number | null
          user_id: string | null
          value_date: string | null
          verdict: string | null
        }
        Relationships: [
          {
            foreignKeyName: "account_values_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_settled_by_fkey"
            columns: ["settled_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "account_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "current_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "line_values"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_values_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "portfolios"
            referencedColumns: ["user_id"]
          },
        ]
      }
      stated_values: {
        Row: {
          account_id: string | null
          as_of: string | null
          currency: string | null
          id: number | null
          import_id: string | null
          is_official: boolean | null
          source: string | null
          total_value: number | null
          user_id: string | null
          value_date: string | null
          voided_at: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      account_evidence: {
        Args: { p_from: string; p_line_id: string }
        Returns: Json
      }
      account_gaps: {
        Args: {
          p_connection_ids: string[]
          p_from: string
          p_reach: string
          p_to: string
        }
        Returns: {
          account_id: string
          connection_id: string
          final: boolean
          institution: string
          is_first: boolean
          next_attempt_at: string
          provider: string
          reason: string
          user_id: string
          value_date: string
        }[]
      }
      account_series: {
        Args: {
          p_from: string
          p_line_ids?: string[]
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      account_trust: { Args: { p_user_id: string }; Returns: Json }
      active_backfills: { Args: Record<PropertyKey, never>; Returns: Json }
      add_manual_account: {
        Args: {
          p_account_id: string
          p_accounts_max: number
          p_currency: string
          p_data_notice: string
          p_date: string
          p_name: string
          p_now: string
          p_total: string
          p_user_id: string
        }
        Returns: Json
      }
      alert_facts: {
        Args: { p_now: string; p_silent_seconds: number }
        Returns: Json
      }
      allow_estimates: {
        Args: {
          p_actor_id: string
          p_is_allowed: boolean
          p_now: string
          p_reason: string
          p_user_id: string
        }
        Returns: number
      }
      apply_account_statuses: {
        Args: { p_now: string; p_statuses: Json }
        Returns: string
      }
      apply_conclusions: {
        Args: { p_conclusions: Json; p_now: string; p_user_id: string }
        Returns: string
      }
      apply_verdicts: {
        Args: { p_now: string; p_run_id: string; p_verdicts: Json }
        Returns: {
          account_id: string
          value_date: string
        }[]
      }
      are_different: {
        Args: { p_account_id: string; p_other_id: string }
        Returns: boolean
      }
      backfill_counts: { Args: { p_request_id: string }; Returns: Json }
      backfill_days: {
        Args: {
          p_from: string
          p_institution: string
          p_provider: string
          p_providers: string[]
          p_reach: string
          p_reason: string
          p_to: string
          p_user_id: string
        }
        Returns: {
          account_id: string
          connection_id: string
          final: boolean
          reason: string
          user_id: string
          value_date: string
        }[]
      }
      backfill_days_off: {
        Args: {
          p_from: string
          p_institution: string
          p_provider: string
          p_providers: string[]
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      backfill_document: { Args: { p_request_id: string }; Returns: Json }
      backfill_present_days: {
        Args: {
          p_from: string
          p_institution: string
          p_provider: string
          p_to: string
          p_user_id: string
        }
        Returns: number
      }
      backfill_remaining: {
        Args: { p_connection_ids: string[]; p_request_id: string }
        Returns: {
          account_id: string
          connection_id: string
          value_date: string
        }[]
      }
      backfill_results: {
        Args: { p_after: string; p_limit: number; p_request_id: string }
        Returns: Json
      }
      begin_registration: {
        Args: {
          p_fresh_id: string
          p_lease_ms: number
          p_now: string
          p_provider: string
          p_replaces: string
          p_user_id: string
        }
        Returns: Json
      }
      beginning_of: { Args: { p_account_id: string }; Returns: string }
      benchmark_closes: {
        Args: { p_benchmark: string; p_from: string; p_to: string }
        Returns: Json
      }
      cancel_backfill: {
        Args: {
          p_actor_id: string
          p_note: string
          p_now: string
          p_request_id: string
        }
        Returns: boolean
      }
      capture_health: { Args: { p_day: string }; Returns: Json }
      capture_of: {
        Args: { p_day: string; p_only_working: boolean }
        Returns: Json
      }
      capture_progress: { Args: { p_now: string }; Returns: Json }
      carry_sessions_max: { Args: Record<PropertyKey, never>; Returns: number }
      claim_alert_delivery: {
        Args: { p_lease_seconds: number; p_now: string }
        Returns: Json
      }
      claim_backfill: {
        Args: {
          p_lease_seconds: number
          p_limit: number
          p_now: string
          p_providers?: string[]
          p_request_id: string
          p_worker: string
        }
        Returns: Json
      }
      claim_calendar_check: {
        Args: { p_source: string; p_today: string }
        Returns: boolean
      }
      claim_connections: {
        Args: {
          p_asked: boolean
          p_from: string
          p_lease_seconds: number
          p_limit: number
          p_now: string
          p_phase?: string
          p_providers?: string[]
          p_to: string
          p_user_id: string
          p_worker: string
        }
        Returns: Json
      }
      claim_link_sessions: {
        Args: {
          p_lease_ms: number
          p_now: string
          p_provider: string
          p_user_id: string
        }
        Returns: Json
      }
      claim_live_reads: {
        Args: { p_now: string; p_stale_before: string; p_user_id: string }
        Returns: Json
      }
      claim_refresh: {
        Args: { p_connection_id: string; p_trading_day: string }
        Returns: boolean
      }
      claim_user_messages: {
        Args: { p_lease_seconds: number; p_now: string }
        Returns: Json
      }
      classify_account: {
        Args: {
          p_account_id: string
          p_actor_id: string
          p_category: string
          p_now: string
          p_owner_id: string
          p_reason: string
        }
        Returns: Json
      }
      classify_movement: {
        Args: {
          p_actor_id: string
          p_as: Json
          p_now: string
          p_owner_id: string
          p_reason: string
          p_row_id: number
        }
        Returns: Json
      }
      close_before: { Args: { p_at: string }; Returns: string }
      conclude_snapshots: {
        Args: {
          p_carry_sessions_max?: number
          p_from: string
          p_line_ids?: string[]
          p_to: string
          p_user_id: string
        }
        Returns: Database["public"]["CompositeTypes"]["snapshot_conclusion"][]
        SetofOptions: {
          from: "*"
          to: "snapshot_conclusion"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      confirm_connections: {
        Args: {
          p_ciphertext: string
          p_data_notice: string
          p_listed: Json
          p_now: string
          p_provider: string
          p_user_id: string
        }
        Returns: Json
      }
      connection_access: {
        Args: { p_connection_id: string; p_user_id: string }
        Returns: Json
      }
      continuable_lines: {
        Args: { p_connection_id: string; p_from: string; p_to: string }
        Returns: Json
      }
      continue_lines: {
        Args: { p_connection_id: string; p_now: string }
        Returns: string
      }
      count_request: {
        Args: {
          p_max: number
          p_now: string
          p_operation: string
          p_seconds: number
          p_subject: string
        }
        Returns: number
      }
      count_waiting: {
        Args: { p_now: string; p_user_id: string }
        Returns: number
      }
      coverage_counts: {
        Args: { p_from: string; p_to: string; p_user_ids: string[] }
        Returns: {
          estimated: number
          expected: number
          missing: number
          user_id: string
        }[]
      }
      coverage_day: {
        Args: { p_date: string; p_user_id: string }
        Returns: Json
      }
      coverage_days: {
        Args: {
          p_due: string
          p_from: string
          p_reach: string
          p_to: string
          p_user_ids: string[]
        }
        Returns: {
          days: string
          user_id: string
        }[]
      }
      coverage_gaps: {
        Args: { p_from: string; p_reach: string; p_to: string }
        Returns: Json
      }
      coverage_grid: {
        Args: {
          p_after: Json
          p_by_email: boolean
          p_due: string
          p_from: string
          p_institution: string
          p_limit: number
          p_provider: string
          p_reach: string
          p_reason: string
          p_search: string
          p_to: string
        }
        Returns: Json
      }
      coverage_totals: {
        Args: {
          p_due: string
          p_from: string
          p_institution: string
          p_provider: string
          p_reach: string
          p_reason: string
          p_search: string
          p_to: string
        }
        Returns: Json
      }
      coverage_trend: { Args: { p_from: string; p_to: string }; Returns: Json }
      coverage_user: { Args: { p_user_id: string }; Returns: Json }
      coverage_users: {
        Args: {
          p_from: string
          p_institution: string
          p_provider: string
          p_reach: string
          p_reason: string
          p_search: string
          p_to: string
        }
        Returns: {
          email: string
          user_id: string
        }[]
      }
      current_decisions: { Args: { p_user_id: string }; Returns: Json }
      current_notices: {
        Args: Record<PropertyKey, never>
        Returns: {
          facts: Json
          kind: string
          subject: string
          user_id: string
        }[]
      }
      decide_end: {
        Args: {
          p_account_id: string
          p_actor_id: string
          p_ended_on: string
          p_now: string
          p_reason: string
          p_user_id: string
        }
        Returns: Json
      }
      decide_match: {
        Args: {
          p_confirm: boolean
          p_now: string
          p_proposal_id: string
          p_user_id: string
        }
        Returns: Json
      }
      delete_user: { Args: { p_now: string; p_user_id: string }; Returns: Json }
      due_estimates: {
        Args: { p_limit: number; p_now: string; p_user_id: string }
        Returns: Json
      }
      due_questions: {
        Args: {
          p_asked: boolean
          p_connection_ids: string[]
          p_from: string
          p_now: string
          p_to: string
        }
        Returns: {
          account_id: string
          connection_id: string
          question: string
          value_date: string
        }[]
      }
      end_backfill: {
        Args: { p_now: string; p_request_id: string; p_status: string }
        Returns: undefined
      }
      end_manual_account: {
        Args: {
          p_account_id: string
          p_ended_on: string
          p_now: string
          p_user_id: string
        }
        Returns: Json
      }
      end_waits: {
        Args: { p_connection_id: string; p_now: string }
        Returns: undefined
      }
      estimate_case: {
        Args: { p_line_id: string; p_now: string }
        Returns: Json
      }
      estimate_prices: {
        Args: {
          p_currency: string
          p_from: string
          p_symbols: string[]
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      evidence_version: { Args: { p_line_id: string }; Returns: string }
      export_user: { Args: { p_user_id: string }; Returns: Json }
      finish_alert_delivery: {
        Args: {
          p_alert_id: number
          p_next_attempt_at: string
          p_now: string
          p_state: string
        }
        Returns: undefined
      }
      finish_backfill: {
        Args: { p_now: string; p_request_id: string }
        Returns: Json
      }
      finish_run: {
        Args: {
          p_counts: Json
          p_id: string
          p_now: string
          p_reasons: Json
          p_status: string
        }
        Returns: undefined
      }
      finish_user_messages: {
        Args: {
          p_ids: number[]
          p_is_refused: boolean
          p_next_attempt_at: string
          p_now: string
        }
        Returns: undefined
      }
      gap_reason: {
        Args: {
          p_connection_status: string
          p_is_beyond_reach: boolean
          p_is_final: boolean
          p_outcome: string
        }
        Returns: string
      }
      give_manual_value: {
        Args: {
          p_account: Database["public"]["Tables"]["accounts"]["Row"]
          p_date: string
          p_now: string
          p_total: number
        }
        Returns: string
      }
      has_newer_evidence: { Args: { p_reconciled: Json }; Returns: boolean }
      heard_of_history: { Args: { p_fill: Json }; Returns: string }
      held_values: {
        Args: { p_before_id: number; p_limit: number }
        Returns: Json
      }
      held_waiting: { Args: Record<PropertyKey, never>; Returns: Json }
      history_flows: {
        Args: {
          p_currency: string
          p_first_day: string
          p_last_day: string
          p_left_out: Json
          p_line_ids: string[]
          p_user_id: string
        }
        Returns: Json
      }
      history_gaps: {
        Args: {
          p_currency: string
          p_days: string[]
          p_from: string
          p_line_ids: string[]
          p_reach: string
          p_to: string
          p_user_id: string
        }
        Returns: Record<string, unknown>
      }
      history_points: {
        Args: {
          p_from: string
          p_line_ids: string[]
          p_to: string
          p_user_id: string
        }
        Returns: Record<string, unknown>
      }
      holdings_are_due: {
        Args: {
          p_account: Database["public"]["Tables"]["accounts"]["Row"]
          p_estimates_since: string
          p_now: string
        }
        Returns: boolean
      }
      import_is_due: {
        Args: {
          p_account: Database["public"]["Tables"]["accounts"]["Row"]
          p_asked: boolean
          p_now: string
        }
        Returns: boolean
      }
      import_statement: {
        Args: {
          p_import_id: string
          p_is_official: boolean
          p_name: string
          p_now: string
          p_rows: Json
          p_user_id: string
        }
        Returns: Json
      }
      inbox: {
        Args: {
          p_actor_id: string
          p_limit: number
          p_now: string
          p_snoozed: boolean
        }
        Returns: Json
      }
      inbox_sources: {
        Args: { p_now: string }
        Returns: {
          facts: Json
          item: string
          kind: string
          since: string
          user_id: string
        }[]
      }
      institution_failures: {
        Args: { p_day: string; p_reach: string }
        Returns: Json
      }
      intraday_points: {
        Args: { p_since: string; p_user_id: string }
        Returns: Json
      }
      join_likely_twins: {
        Args: { p_now: string; p_user_id: string }
        Returns: string
      }
      join_lines: {
        Args: {
          p_from_line: string
          p_now: string
          p_reason: string
          p_to_line: string
        }
        Returns: undefined
      }
      judge_held: {
        Args: {
          p_actor_id: string
          p_id: number
          p_now: string
          p_reason: string
          p_verdict: string
        }
        Returns: Json
      }
      judge_statement: {
        Args: {
          p_is_official: boolean
          p_now: string
          p_rows: Json
          p_user_id: string
        }
        Returns: {
          account_id: string
          account_name: string
          as_of: string
          currency: string
          is_news: boolean
          known: Json
          line: number
          total_value: number
          value_date: string
          verdict: string
        }[]
      }
      keep_live_document: {
        Args: { p_connection_id: string; p_live: Json; p_now: string }
        Returns: number
      }
      keep_live_values: {
        Args: { p_values: Database["public"]["Tables"]["live_values"]["Row"][] }
        Returns: number
      }
      keep_manual_value: {
        Args: {
          p_account_id: string
          p_date: string
          p_now: string
          p_total: string
          p_user_id: string
        }
        Returns: Json
      }
      keep_provider_user: {
        Args: {
          p_ciphertext: string
          p_external_id?: string
          p_provider: string
          p_replaces: string
          p_user_id: string
        }
        Returns: string
      }
      kind_rank: { Args: { p_kind: string }; Returns: number }
      known_days: {
        Args: { p_user_ids: string[] }
        Returns: {
          days: unknown
          user_id: string
        }[]
      }
      known_freshness: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_now: string
        }
        Returns: string
      }
      last_line_value: {
        Args: { p_is_counted: boolean; p_line_id: string; p_to: string }
        Returns: {
          total_value: number
          value_date: string
        }[]
      }
      likely_twins: {
        Args: { p_user_id: string }
        Returns: {
          account_id: string
          candidate_id: string
        }[]
      }
      line_value_between: {
        Args: {
          p_account_ids: string[]
          p_currency: string
          p_first: boolean
          p_from: string
          p_to: string
        }
        Returns: Json
      }
      lines_in_question: { Args: { p_user_id: string }; Returns: Json }
      link_account: {
        Args: {
          p_account_id: string
          p_ciphertext: string
          p_connection_id: string
          p_data_notice: string
          p_fresh_id: string
          p_institution: string
          p_now: string
          p_provider: string
          p_user_id: string
        }
        Returns: Json
      }
      linked_brokerages: { Args: Record<PropertyKey, never>; Returns: Json }
      linking_lasts: { Args: Record<PropertyKey, never>; Returns: string }
      list_alerts: {
        Args: { p_before: number; p_limit: number }
        Returns: Json
      }
      list_audit: {
        Args: {
          p_action: string
          p_actor_id: string
          p_before: number
          p_limit: number
        }
        Returns: Json
      }
      list_backfills: {
        Args: { p_before: string; p_limit: number }
        Returns: Json
      }
      list_runs: {
        Args: { p_before: string; p_failures_first: boolean; p_limit: number }
        Returns: Json
      }
      live_total: {
        Args: { p_line_ids?: string[]; p_user_id: string }
        Returns: {
          as_of: string
          currency: string
          newest_as_of: string
          source: string
          total_value: number
        }[]
      }
      lock_manual_account: {
        Args: { p_account_id: string; p_user_id: string }
        Returns: {
          asset_since: string | null
          begun_on: string | null
          category: string | null
          closed_on: string | null
          connection_id: string
          created_at: string
          currency: string | null
          end_reason: string | null
          evidence_version: number
          exists_since: string | null
          external_id: string
          first_known_on: string
          flows_synced_at: string | null
          history_asked_at: string | null
          history_refused_at: string | null
          holdings_asked_at: string | null
          id: string
          institution_account_id: string | null
          is_counted: boolean
          is_manual: boolean
          is_paper: boolean
          line_id: string
          movements_collected: boolean | null
          name: string
          removal_announced_at: string | null
          stated_since: string | null
          user_id: string
          was_counted: boolean
        }[]
        SetofOptions: {
          from: "*"
          to: "accounts"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      manual_accounts: { Args: { p_user_id: string }; Returns: Json }
      mark_due_connections: {
        Args: {
          p_asked: boolean
          p_from: string
          p_now: string
          p_to: string
          p_user_id: string
        }
        Returns: number
      }
      mark_inbox_item: {
        Args: {
          p_action: string
          p_actor_id: string
          p_item: string
          p_now: string
          p_until: string
        }
        Returns: boolean
      }
      mark_pre_open_rechecks: {
        Args: {
          p_now: string
          p_since: string
          p_trading_day: string
          p_user_id: string
        }
        Returns: number
      }
      missing_account_days: {
        Args: { p_connection_ids: string[]; p_from: string; p_to: string }
        Returns: {
          account_id: string
          connection_id: string
          is_first: boolean
          user_id: string
          value_date: string
        }[]
      }
      movements_are_due: {
        Args: {
          p_account: Database["public"]["Tables"]["accounts"]["Row"]
          p_now: string
        }
        Returns: boolean
      }
      movements_settle_after: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      needed_exchange_rates: {
        Args: { p_day: string; p_now: string }
        Returns: Json
      }
      newest_benchmark_price: {
        Args: { p_benchmark: string; p_source: string }
        Returns: string
      }
      note_existence: { Args: { p_connection_id: string }; Returns: string }
      note_removals: {
        Args: { p_connection_id: string; p_now: string; p_user_id: string }
        Returns: undefined
      }
      note_stated_since: { Args: { p_user_id: string }; Returns: undefined }
      open_backfill: {
        Args: {
          p_from: string
          p_institution: string
          p_note: string
          p_now: string
          p_provider: string
          p_providers: string[]
          p_reach: string
          p_reason: string
          p_requested_by: string
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      open_matches: { Args: { p_user_id: string }; Returns: Json }
      open_run: {
        Args: {
          p_id: string
          p_now: string
          p_request_id?: string
          p_requested_by: string
          p_silent_seconds: number
          p_trading_day: string
          p_trigger: string
        }
        Returns: number
      }
      opened_session: { Args: { p_now: string }; Returns: string }
      orphaned_registrations: {
        Args: { p_limit: number; p_now: string; p_provider: string }
        Returns: Json
      }
      outdated_credentials: {
        Args: { p_after: string; p_limit: number; p_prefix: string }
        Returns: Json
      }
      owners_to_remind: {
        Args: { p_institution: string; p_provider: string }
        Returns: {
          connection_id: string
          is_reminded: boolean
          is_unsubscribed: boolean
          user_id: string
        }[]
      }
      pause_connections: {
        Args: { p_now: string; p_providers: string[]; p_user_id: string }
        Returns: number
      }
      pause_requests: {
        Args: { p_provider: string; p_wait_ms: number }
        Returns: undefined
      }
      portfolio_corrections: {
        Args: {
          p_before_id: number
          p_from: string
          p_limit: number
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      portfolio_history: {
        Args: {
          p_due: string
          p_from: string
          p_line_ids?: string[]
          p_reach: string
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      preview_backfill: {
        Args: {
          p_capture_day: string
          p_from: string
          p_institution: string
          p_provider: string
          p_providers: string[]
          p_reach: string
          p_reason: string
          p_to: string
          p_user_id: string
        }
        Returns: Json
      }
      preview_reconciliation: {
        Args: {
          p_conclusions: Json
          p_from: string
          p_line_id: string
          p_now: string
          p_to: string
          p_version: string
        }
        Returns: Json
      }
      preview_statement: {
        Args: {
          p_is_official: boolean
          p_now: string
          p_rows: Json
          p_user_id: string
        }
        Returns: Json
      }
      propose_matches: {
        Args: { p_now: string; p_user_id: string }
        Returns: undefined
      }
      publish_missing: {
        Args: { p_from: string; p_now: string; p_to: string; p_user_id: string }
        Returns: number
      }
      publish_since: {
        Args: {
          p_from: string
          p_now: string
          p_reason: string
          p_user_id: string
        }
        Returns: number
      }
      publish_snapshots: {
        Args: {
          p_from: string
          p_now: string
          p_reason: string
          p_to: string
          p_user_id: string
        }
        Returns: number
      }
      publish_with_carried: {
        Args: {
          p_from: string
          p_now: string
          p_reason: string
          p_to: string
          p_user_id: string
        }
        Returns: number
      }
      published_days: { Args: { p_user_id: string }; Returns: Json }
      published_values: {
        Args: { p_from: string; p_to: string; p_user_id: string }
        Returns: Json
      }
      rate_on: {
        Args: { p_base: string; p_day: string; p_quote: string }
        Returns: {
          rate: number
        }[]
      }
      rate_was_read: {
        Args: { p_base: string; p_day: string; p_quote: string }
        Returns: boolean
      }
      read_backfill: { Args: { p_request_id: string }; Returns: Json }
      reconciled_sessions: { Args: Record<PropertyKey, never>; Returns: number }
      record_accounts: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_fill: Json
          p_now: string
        }
        Returns: string
      }
      record_benchmark_prices: {
        Args: { p_benchmark: string; p_prices: Json; p_source: string }
        Returns: number
      }
      record_connection: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_fill: Json
          p_now: string
          p_worker: string
        }
        Returns: undefined
      }
      record_connection_event: {
        Args: {
          p_event_id: string
          p_event_timestamp: string
          p_event_type: string
          p_external_id: string
          p_now: string
          p_provider: string
          p_removed_account?: string
        }
        Returns: Json
      }
      record_estimates: {
        Args: {
          p_days: Json
          p_line_id: string
          p_now: string
          p_version: string
        }
        Returns: number
      }
      record_exchange_rates: {
        Args: {
          p_now: string
          p_pairs: Json
          p_rates: Json
          p_since: string
          p_source: string
          p_through: string
        }
        Returns: number
      }
      record_fill: {
        Args: {
          p_connection_id: string
          p_fill: Json
          p_now: string
          p_worker: string
        }
        Returns: Json
      }
      record_holdings: {
        Args: { p_connection_id: string; p_fill: Json; p_now: string }
        Returns: undefined
      }
      record_live_read: {
        Args: { p_connection_id: string; p_now: string; p_read: Json }
        Returns: number
      }
      record_market_prices: {
        Args: {
          p_closes: Json
          p_from: string
          p_now: string
          p_source: string
          p_splits: Json
          p_symbols: string[]
          p_to: string
        }
        Returns: undefined
      }
      record_missed_days: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_fill: Json
          p_now: string
        }
        Returns: undefined
      }
      record_observations: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_fill: Json
          p_now: string
        }
        Returns: Record<string, unknown>
      }
      record_outcomes: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_fill: Json
          p_now: string
        }
        Returns: Record<string, unknown>
      }
      record_questions: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_now: string
          p_questions: Json
        }
        Returns: undefined
      }
      record_reconciliation: {
        Args: {
          p_conclusions: Json
          p_line_id: string
          p_now: string
          p_reason: string
          p_version: string
        }
        Returns: number
      }
      record_sightings: {
        Args: {
          p_connection_id: string
          p_now: string
          p_sightings: Json
          p_user_id: string
        }
        Returns: undefined
      }
      record_statements: {
        Args: {
          p_connection_id: string
          p_now: string
          p_statements: Json
          p_user_id: string
        }
        Returns: undefined
      }
      record_views: {
        Args: { p_actor_id: string; p_now: string; p_user_ids: string[] }
        Returns: undefined
      }
      recount_coverage: { Args: { p_user_ids: string[] }; Returns: undefined }
      release_claims: { Args: { p_worker: string }; Returns: number }
      release_request: {
        Args: {
          p_max: number
          p_operation: string
          p_seconds: number
          p_subject: string
        }
        Returns: undefined
      }
      remind_owners: {
        Args: {
          p_actor_id: string
          p_institution: string
          p_now: string
          p_provider: string
          p_reason: string
        }
        Returns: number
      }
      reminder_preview: {
        Args: { p_institution: string; p_provider: string }
        Returns: Json
      }
      remove_manual_values: {
        Args: {
          p_account_id: string
          p_date: string
          p_now: string
          p_user_id: string
        }
        Returns: Json
      }
      renew_claims: {
        Args: { p_lease_seconds: number; p_now: string; p_worker: string }
        Returns: undefined
      }
      replace_credentials: { Args: { p_rows: Json }; Returns: number }
      replace_days: {
        Args: { p_at: number[]; p_codes: string[]; p_days: string }
        Returns: string
      }
      republish: {
        Args: { p_from: string; p_now: string; p_to: string; p_user_id: string }
        Returns: number
      }
      return_refresh: {
        Args: { p_connection_id: string; p_trading_day: string }
        Returns: undefined
      }
      run_document: { Args: { p_id: string }; Returns: Json }
      save_note: {
        Args: {
          p_body: string
          p_date: string
          p_now: string
          p_user_id: string
        }
        Returns: boolean
      }
      set_subscription: {
        Args: {
          p_is_wanted: boolean
          p_now: string
          p_topic: string
          p_user_id: string
        }
        Returns: undefined
      }
      settle_alerts: {
        Args: { p_incidents: Json; p_now: string; p_tell: boolean }
        Returns: undefined
      }
      settle_backfill: {
        Args: { p_connection_id: string; p_now: string; p_request_id: string }
        Returns: undefined
      }
      settle_current: { Args: { p_days: Json }; Returns: undefined }
      settle_doubts: {
        Args: { p_ids: Json; p_judged: Json }
        Returns: undefined
      }
      settle_user_notices: {
        Args: { p_now: string; p_send: boolean }
        Returns: undefined
      }
      small_carry_sessions_max: {
        Args: Record<PropertyKey, never>
        Returns: number
      }
      split_account: {
        Args: { p_account_id: string; p_now: string; p_user_id: string }
        Returns: Json
      }
      start_backfill: {
        Args: { p_request_id: string; p_run_id: string }
        Returns: boolean
      }
      sync_trading_days: {
        Args: { p_calendar: Json; p_now: string }
        Returns: number
      }
      take_requests: {
        Args: {
          p_count: number
          p_per_minute: number
          p_provider: string
          p_share?: string
        }
        Returns: Json
      }
      topic_of_message: { Args: { p_kind: string }; Returns: string }
      totals_reads: {
        Args: {
          p_connection: Database["public"]["Tables"]["brokerage_connections"]["Row"]
          p_now: string
        }
        Returns: number
      }
      totals_reads_max: { Args: Record<PropertyKey, never>; Returns: number }
      unanswered_questions: {
        Args: Record<PropertyKey, never>
        Returns: {
          account: string
          account_id: string
          count: number
          date: string
          institution: string
          kind: string
          since: string
          user_id: string
        }[]
      }
      undelivered_alerts: {
        Args: { p_pending_before: string }
        Returns: number
      }
      undo_import: {
        Args: { p_import_id: string; p_now: string; p_user_id: string }
        Returns: Json
      }
      unlink_connection: {
        Args: { p_connection_id: string; p_now: string; p_user_id: string }
        Returns: Json
      }
      unnamed_accounts: { Args: { p_user_id: string }; Returns: Json }
      user_connections: { Args: { p_user_id: string }; Returns: Json }
      user_directory: {
        Args: { p_user_ids: string[] }
        Returns: {
          email: string
          user_id: string
        }[]
      }
      user_email: { Args: { p_user_id: string }; Returns: string }
      user_imports: { Args: { p_user_id: string }; Returns: Json }
      user_notes: { Args: { p_user_id: string }; Returns: Json }
      user_tables: {
        Args: Record<PropertyKey, never>
        Returns: {
          condition: string
          name: string
        }[]
      }
      user_unsubscriptions: { Args: { p_user_id: string }; Returns: Json }
      user_with_email: { Args: { p_email: string }; Returns: string }
      with_account_ids: {
        Args: { p_connection_id: string; p_fill: Json }
        Returns: Json
      }
      withdraw_user_messages: { Args: { p_now: string }; Returns: undefined }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      snapshot_conclusion: {
        value_date: string | null
        total_value: number | null
        total_cost_basis: number | null
        snapshot_type: string | null
        data_source: string | null
        currency: string | null
        as_of: string | null
        accounts_expected: number | null
        accounts_present: number | null
        carried: Json | null
        left_out: Json | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
