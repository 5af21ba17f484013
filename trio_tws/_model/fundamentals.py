"""Reports about companies: no server of today gives them any more, older ones do.

IB took these messages out of its clients with version 10.47, and its servers of today answer with
error 10358. They are here for servers that are older. IB's clients 10.40 to 10.46 sent them as
protobuf from server version 211 on; we do not know its fields, and have text only.
"""

from trio_tws._model.contracts import TAGS, Contract, TagValue
from trio_tws._wire import incoming, layout, outgoing, wire


@outgoing(53, version=1)
class CancelFundamentalData:
    """Takes back a `ReqFundamentalData`.

    Source: EClient.cancelFundamentalData.
    """

    req_id: int = wire()


@outgoing(52, version=2, cancel=CancelFundamentalData)
class ReqFundamentalData:
    """Asks for a report about a company.

    Source: EClient.reqFundamentalData.
    """

    req_id: int = wire()
    contract: Contract = wire()
    report_type: str = wire()
    """ReportSnapshot, ReportsFinSummary, ReportRatios, ReportsFinStatements, RESC or
    CalendarReport."""
    fundamental_data_options: tuple[TagValue, ...] = wire(kind=TAGS, default=())
    """IB reserved it and never said for what. Its Python client wrote their number before them, its
    Java client did not; so TWS does not read one."""


C, Q = Contract, ReqFundamentalData

layout(
    ReqFundamentalData,
    Q.req_id,
    C.con_id,
    C.symbol,
    C.sec_type,
    C.exchange,
    C.primary_exchange,
    C.currency,
    C.local_symbol,
    Q.report_type,
    Q.fundamental_data_options,
)


@incoming(51, version=1, answers=ReqFundamentalData, ends=True)
class FundamentalData:
    """The report of a `ReqFundamentalData`.

    Source: EWrapper.fundamentalData.
    """

    req_id: int = wire(default=-1)
    data: str = wire(default="")
    """XML."""
