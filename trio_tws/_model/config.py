"""The settings of TWS itself, read and changed from outside; protobuf only.

In an answer None is a setting that this TWS does not tell, in an update one that stays as it is. A
text can't be None: there an empty one says that, and so can't be asked for. The settings are those
of TWS's own window, where they are explained.
"""

from trio_tws import _versions as v
from trio_tws._wire import incoming, outgoing, struct, wire


@struct
class LockAndExitConfig:
    """When TWS logs off or restarts by itself.

    Source: IB's protobuf message LockAndExitConfig.
    """

    auto_logoff_time: str = wire(1, default="")
    auto_logoff_period: str = wire(2, default="")
    auto_logoff_type: str = wire(3, default="")


@struct
class MessageConfig:
    """One message of TWS's window that its user can switch off.

    Source: IB's protobuf message MessageConfig.
    """

    id: int = wire(1, default=0)
    title: str = wire(2, default="")
    message: str = wire(3, default="")
    default_action: str = wire(4, default="")
    enabled: bool | None = wire(5, default=None)


@struct
class ApiPrecautionsConfig:
    """Which warnings about orders programs do without.

    Source: IB's protobuf message ApiPrecautionsConfig.
    """

    bypass_order_precautions: bool | None = wire(1, default=None)
    bypass_bond_warning: bool | None = wire(2, default=None)
    bypass_negative_yield_confirmation: bool | None = wire(3, default=None)
    bypass_called_bond_warning: bool | None = wire(4, default=None)
    bypass_same_action_pair_trade_warning: bool | None = wire(5, default=None)
    bypass_flagged_accounts_warning: bool | None = wire(6, default=None)
    bypass_price_based_volatility_warning: bool | None = wire(7, default=None)
    bypass_redirect_order_warning: bool | None = wire(8, default=None)
    bypass_no_overfill_protection: bool | None = wire(9, default=None)
    bypass_route_marketable_to_bbo: bool | None = wire(10, default=None)


@struct
class ApiSettingsConfig:
    """What programs may do, and in which form TWS tells them things.

    Source: IB's protobuf message ApiSettingsConfig.
    """

    read_only_api: bool | None = wire(1, default=None)
    total_quantity_for_mutual_funds: bool | None = wire(2, default=None)
    download_open_orders_on_connection: bool | None = wire(3, default=None)
    include_virtual_fx_positions: bool | None = wire(4, default=None)
    prepare_daily_pnl: bool | None = wire(5, default=None)
    send_status_updates_for_volatility_orders: bool | None = wire(6, default=None)
    encode_api_messages: str = wire(7, default="")
    socket_port: int | None = wire(8, default=None)
    use_negative_auto_range: bool | None = wire(9, default=None)
    create_api_message_log_file: bool | None = wire(10, default=None)
    include_market_data_in_log_file: bool | None = wire(11, default=None)
    expose_trading_schedule_to_api: bool | None = wire(12, default=None)
    split_insured_deposit_from_cash_balance: bool | None = wire(13, default=None)
    send_zero_positions_for_today_only: bool | None = wire(14, default=None)
    let_api_account_requests_switch_subscription: bool | None = wire(15, default=None)
    use_account_groups_with_allocation_methods: bool | None = wire(16, default=None)
    logging_level: str = wire(17, default="")
    master_client_id: int | None = wire(18, default=None)
    bulk_data_timeout: int | None = wire(19, default=None)
    component_exch_separator: str = wire(20, default="")
    show_forex_data_in_1_10_pips: bool | None = wire(21, default=None)
    allow_forex_trading_in_1_10_pips: bool | None = wire(22, default=None)
    round_account_values_to_nearest_whole_number: bool | None = wire(23, default=None)
    send_market_data_in_lots_for_us_stocks: bool | None = wire(24, default=None)
    show_advanced_order_reject_in_ui: bool | None = wire(25, default=None)
    reject_messages_above_max_rate: bool | None = wire(26, default=None)
    maintain_connection_on_incorrect_fields: bool | None = wire(27, default=None)
    compatibility_mode_nasdaq_stocks: bool | None = wire(28, default=None)
    send_instrument_timezone: str = wire(29, default="")
    send_forex_data_in_compatibility_mode: bool | None = wire(30, default=None)
    maintain_and_resubmit_orders_on_reconnect: bool | None = wire(31, default=None)
    historical_data_max_size: int | None = wire(32, default=None)
    auto_report_netting_event_contract_trades: bool | None = wire(33, default=None)
    option_exercise_request_type: str = wire(34, default="")
    allow_localhost_only: bool | None = wire(35, default=None)
    trusted_ips: tuple[str, ...] = wire(36, default=())
    """The addresses from which programs may connect without being asked about."""


@struct
class ApiConfig:
    """The settings for programs.

    Source: IB's protobuf message ApiConfig.
    """

    precautions: ApiPrecautionsConfig | None = wire(1, default=None)
    settings: ApiSettingsConfig | None = wire(2, default=None)


@struct
class OrdersSmartRoutingConfig:
    """How TWS routes orders that leave the exchange to it.

    Source: IB's protobuf message OrdersSmartRoutingConfig.
    """

    seek_price_improvement: bool | None = wire(1, default=None)
    pre_open_reroute: bool | None = wire(2, default=None)
    do_not_route_to_dark_pools: bool | None = wire(3, default=None)
    default_algorithm: str = wire(4, default="")


@struct
class OrdersConfig:
    """The settings for orders.

    Source: IB's protobuf message OrdersConfig.
    """

    smart_routing: OrdersSmartRoutingConfig | None = wire(1, default=None)


@outgoing(108, since=v.CONFIG, proto=v.CONFIG)
class ReqConfig:
    """Asks for the settings.

    Source: EClient.reqConfigProtoBuf.
    """

    req_id: int = wire(1)


@incoming(110, since=v.CONFIG, proto=v.CONFIG, answers=ReqConfig, ends=True)
class ConfigResponse:
    """The settings.

    Source: EWrapper.configResponseProtoBuf.
    """

    req_id: int = wire(1, default=-1)
    lock_and_exit: LockAndExitConfig | None = wire(2, default=None)
    messages: tuple[MessageConfig, ...] = wire(3, default=())
    api: ApiConfig | None = wire(4, default=None)
    orders: OrdersConfig | None = wire(5, default=None)


@struct
class UpdateConfigWarning:
    """A warning that a change of settings calls for, or that is accepted beforehand.

    Source: IB's protobuf message UpdateConfigWarning.
    """

    message_id: int = wire(1, default=0)
    title: str = wire(2, default="")
    message: str = wire(3, default="")


@outgoing(109, since=v.UPDATE_CONFIG, proto=v.UPDATE_CONFIG)
class UpdateConfig:
    """Changes settings.

    Source: EClient.updateConfigProtoBuf.
    """

    req_id: int = wire(1)
    lock_and_exit: LockAndExitConfig | None = wire(2, default=None)
    messages: tuple[MessageConfig, ...] = wire(3, default=())
    api: ApiConfig | None = wire(4, default=None)
    orders: OrdersConfig | None = wire(5, default=None)
    accepted_warnings: tuple[UpdateConfigWarning, ...] = wire(6, default=())
    """Those of an earlier `UpdateConfigResponse` that shall not stop the change again."""
    reset_api_order_sequence: bool = wire(7, default=False)
    """Has order ids begin anew; only without active orders of programs."""


@incoming(111, since=v.UPDATE_CONFIG, proto=v.UPDATE_CONFIG, answers=UpdateConfig, ends=True)
class UpdateConfigResponse:
    """What became of an `UpdateConfig`.

    Source: EWrapper.updateConfigResponseProtoBuf.
    """

    req_id: int = wire(1, default=-1)
    status: str = wire(2, default="")
    message: str = wire(3, default="")
    changed_fields: tuple[str, ...] = wire(4, default=())
    errors: tuple[str, ...] = wire(5, default=())
    warnings: tuple[UpdateConfigWarning, ...] = wire(6, default=())
