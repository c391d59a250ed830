// The peer of tranches.py: expected tranche losses by QuantLib's inhomogeneous pool, set-up included.
//
// Reads one book a line from the standard input (correlation, recovery, buckets, steps, number of tranches,
// their attachments, their detachments, number of quarters, number of names, their hazard rates) and answers
// with the processor seconds that it took and the losses, tranche by tranche and quarter by quarter.

#include <ql/experimental/credit/basket.hpp>
#include <ql/experimental/credit/inhomogeneouspooldef.hpp>
#include <ql/experimental/credit/pool.hpp>
#include <ql/currencies/america.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/credit/flathazardrate.hpp>
#include <ql/time/daycounters/thirty360.hpp>
#include <ql/version.hpp>

#include <ctime>
#include <iomanip>
#include <iostream>
#include <sstream>

using namespace QuantLib;

struct Book {
    double correlation, recovery;
    Size buckets, steps;
    std::vector<double> attachments, detachments, hazards;
    int quarters;
};

std::vector<double> several(std::istream& in, Size count) {
    std::vector<double> values(count);
    for (double& value : values) in >> value;
    return values;
}

std::vector<double> losses(const Book& book) {
    const Date today(20, March, 2026);
    Settings::instance().evaluationDate() = today;
    const DayCounter days = Thirty360(Thirty360::BondBasis);
    const Size names = book.hazards.size();
    const DefaultProbKey key = NorthAmericaCorpDefaultKey(USDCurrency(), SeniorSec, Period(), 1.0);

    auto pool = ext::make_shared<Pool>();
    std::vector<std::string> labels;
    for (Size i = 0; i < names; ++i) {
        auto hazard = Handle<Quote>(ext::make_shared<SimpleQuote>(book.hazards[i]));
        Handle<DefaultProbabilityTermStructure> curve(ext::make_shared<FlatHazardRate>(today, hazard, days));
        labels.push_back("name " + std::to_string(i));
        pool->add(labels.back(), Issuer({{key, curve}}), key);
    }
    auto correlation = Handle<Quote>(ext::make_shared<SimpleQuote>(book.correlation));
    auto copula = ext::make_shared<GaussianConstantLossLM>(
        correlation, std::vector<Real>(names, book.recovery), LatentModelIntegrationType::GaussianQuadrature,
        names, GaussianCopulaPolicy::initTraits());
    std::vector<double> answer;
    for (Size k = 0; k < book.attachments.size(); ++k) {
        Basket basket(today, labels, std::vector<Real>(names, 1.0), pool, book.attachments[k],
                      book.detachments[k]);
        basket.setLossModel(ext::make_shared<IHGaussPoolLossModel>(copula, book.buckets, 5.0, -5.0, book.steps));
        for (int quarter = 1; quarter <= book.quarters; ++quarter)
            answer.push_back(basket.expectedTrancheLoss(today + Period(3 * quarter, Months)) /
                             basket.remainingTrancheNotional());
    }
    return answer;
}

int main() {
    std::cout << "QuantLib " << QL_VERSION << std::setprecision(15) << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in(line);
        Book book;
        Size tranches, names;
        in >> book.correlation >> book.recovery >> book.buckets >> book.steps >> tranches;
        book.attachments = several(in, tranches);
        book.detachments = several(in, tranches);
        in >> book.quarters >> names;
        book.hazards = several(in, names);
        const std::clock_t start = std::clock();
        const std::vector<double> answer = losses(book);
        std::cout << double(std::clock() - start) / CLOCKS_PER_SEC;
        for (double loss : answer) std::cout << ' ' << loss;
        std::cout << std::endl;
    }
}
