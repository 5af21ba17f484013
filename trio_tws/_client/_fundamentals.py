"""Reports about companies, from servers that still have them."""

from trio_tws._client._topic import Topic
from trio_tws._model.contracts import Contract
from trio_tws._model.fundamentals import FundamentalData, ReqFundamentalData


class FundamentalMethods(Topic):
    """What `TWS` offers about the fundamentals of companies; the servers of today refuse it."""

    async def fundamental_data(self, contract: Contract, report_type: str) -> str:
        """Gives a report about a company; the servers of today refuse all of them.

        Args:
            contract: The stock.
            report_type: ReportSnapshot, ReportsFinSummary, ReportRatios, ReportsFinStatements,
                RESC or CalendarReport.

        Returns:
            One XML document, as TWS gives it.

        Raises:
            RequestError: 10358 from any server of today; 430 for no report of the company.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqFundamentalData, and CancelFundamentalData if it is left early. Source:
        EClient.reqFundamentalData, gone since version 10.47 of IB's clients.
        """
        request = ReqFundamentalData(self._session.take_request_id(), contract, report_type)
        return (await self._one(request, FundamentalData)).data
