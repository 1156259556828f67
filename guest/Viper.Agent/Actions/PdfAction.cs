using Viper.Agent.Server;
using Viper.Cdp.Domains;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>GET</c> and <c>POST /pdf</c>: the page as PDF.</summary>
internal sealed class PdfAction(ActionRunner runner) : IPageAction
{
    public string Methods => "GET, POST";

    public Task<AgentResponse> AnswerAsync(PageCall call)
    {
        var wanted = call.IsGet
            ? QueryFields.ReadPdf(call.Request.Head.Query)
            : Fields.ReadBody(call.Request.Body, AgentJsonContext.Default.PdfRequest);
        var margin = Fields.Within("margin", wanted.Margin, 0, 100);
        var command = new Page.PrintToPDFCommand
        {
            Landscape = wanted.Landscape,
            PrintBackground = wanted.PrintBackground,
            Scale = Fields.Within("scale", wanted.Scale, 0.1, 2),
            PaperWidth = Fields.Within("paper_width", wanted.PaperWidth, 0.01, 200),
            PaperHeight = Fields.Within("paper_height", wanted.PaperHeight, 0.01, 200),
            MarginTop = margin,
            MarginBottom = margin,
            MarginLeft = margin,
            MarginRight = margin,
            PageRanges = wanted.PageRanges,
            PreferCSSPageSize = wanted.PreferCssPageSize,
        };
        return runner.RunAsync(
            call,
            Fields.Timeout(wanted.TimeoutMs),
            async (page, deadline, cancellationToken) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(deadline.Left);
                using var file = new MemoryStream();
                await page.PrintToPdfAsync(file, command, limit.Token);
                return new AgentResponse(200, "application/pdf", file.GetBuffer().AsMemory(0, (int)file.Length));
            });
    }
}
